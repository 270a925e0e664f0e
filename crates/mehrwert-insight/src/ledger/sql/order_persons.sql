-- Whose an order is, by each of its numbers: for costs and payments that name an order and nobody.
SELECT shop, number, min(person) AS person
FROM (
    SELECT o.shop, o.order_id AS number, id_key(coalesce(a.person, o.who)) AS person
    FROM facts.orders AS o LEFT JOIN state.aliases AS a ON o.who = a.alias
    WHERE o.who IS NOT NULL AND o.order_id IS NOT NULL
    UNION ALL
    SELECT o.shop, o.reference AS number, id_key(coalesce(a.person, o.who)) AS person
    FROM facts.orders AS o LEFT JOIN state.aliases AS a ON o.who = a.alias
    WHERE o.who IS NOT NULL AND o.reference IS NOT NULL
)
GROUP BY shop, number
