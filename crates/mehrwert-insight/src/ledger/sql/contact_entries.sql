-- What a contact cost is care for the person it was with.
SELECT c.at, c.day, coalesce(a.person, c.who) AS person, CAST(-c.cost AS DECIMAL(28, 6)) AS amount, c.currency,
       'care' AS account, 'retain' AS purpose, CAST(NULL AS VARCHAR) AS source, c.measure, CAST(NULL AS VARCHAR) AS rung,
       'contacts' AS evidence, c.id
FROM facts.contacts AS c
LEFT JOIN state.aliases AS a ON c.who = a.alias
WHERE c.cost <> 0
