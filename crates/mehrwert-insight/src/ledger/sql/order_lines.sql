-- Order lines with the person they are of at the version of the alias map, and what their goods cost: as the line says, else
-- by the dated product list, else unknown. Someone the map does not hold (any more) is whoever the alias was.
SELECT l.id, l.at, l.day, coalesce(a.person, l.who) AS person, l.shop, l.order_id, l.reference, l.kind, l.product,
       coalesce(l.category, p.category) AS category, l.quantity, l.net, l.shipping_charged, l.source, l.offer, l.currency,
       CASE WHEN l.goods_cost < 0 THEN -l.goods_cost
            WHEN l.goods_cost IS NOT NULL THEN l.goods_cost
            WHEN l.quantity < 0 THEN CAST(-l.quantity * p.goods_cost AS DECIMAL(18, 6))
            ELSE CAST(l.quantity * p.goods_cost AS DECIMAL(18, 6)) END AS goods,
       CASE WHEN l.goods_cost IS NOT NULL THEN l.currency ELSE p.currency END AS goods_currency,
       coalesce(lower(coalesce(l.category, p.category)) IN
           ('gift card', 'gift cards', 'gift_card', 'giftcard', 'gutschein', 'geschenkgutschein', 'geschenkkarte'), false)
           AS is_gift_card
FROM facts.orders AS l
LEFT JOIN state.aliases AS a ON l.who = a.alias
LEFT JOIN state.products AS p ON l.product = p.product AND l.day >= p.from_day AND l.day <= p.to_day
