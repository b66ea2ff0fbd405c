-- name: seen_sim
INSERT INTO sim (imsi, iccid, first_seen, last_seen) VALUES (?1, ?2, ?3, ?3)
ON CONFLICT (imsi) DO UPDATE SET last_seen = excluded.last_seen, first_seen = coalesce(first_seen, excluded.first_seen),
  iccid = CASE excluded.iccid WHEN '' THEN iccid ELSE excluded.iccid END

-- name: seen_unit
INSERT INTO modem_unit (imei, imsi, label, first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?4)
ON CONFLICT (imei, imsi) DO UPDATE SET last_seen = excluded.last_seen, label = excluded.label

-- name: known
SELECT s.registered_at IS NOT NULL AND s.retired_at IS NULL,
  EXISTS (SELECT 1 FROM modem_unit u JOIN sim o ON o.imsi = u.imsi
    WHERE u.imei = ?2 AND o.registered_at IS NOT NULL AND o.retired_at IS NULL AND u.first_seen
      <= max(o.registered_at, (SELECT min(first_seen) FROM modem_unit f WHERE f.imsi = u.imsi)))
FROM sim s WHERE s.imsi = ?1

-- name: is_new
SELECT NOT EXISTS (SELECT 1 FROM modem_unit WHERE imei = ? AND imsi = ?)

-- name: find
SELECT imsi FROM sim WHERE imsi = ?1 OR iccid = ?1 OR imsi LIKE '%' || ?1 OR iccid LIKE '%' || ?1

-- name: register
INSERT INTO sim (imsi, holder, registered_at) VALUES (?1, ?2, ?3)
ON CONFLICT (imsi) DO UPDATE SET holder = excluded.holder, registered_at = excluded.registered_at, retired_at = NULL

-- name: retire
UPDATE sim SET retired_at = ? WHERE imsi = ? AND retired_at IS NULL

-- name: all
SELECT s.imsi, s.iccid, s.holder, s.registered_at, s.retired_at, s.first_seen, s.last_seen,
       (SELECT imei FROM modem_unit u WHERE u.imsi = s.imsi ORDER BY last_seen DESC LIMIT 1),
       (SELECT label FROM modem_unit u WHERE u.imsi = s.imsi ORDER BY last_seen DESC LIMIT 1)
FROM sim s ORDER BY s.registered_at IS NULL, s.imsi

-- name: labels
-- Where it was seen last.
SELECT label FROM modem_unit WHERE imsi = ?
