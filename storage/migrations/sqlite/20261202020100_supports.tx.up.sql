-- What Interlinkers support is found by its own name too.
INSERT OR IGNORE INTO catalogue_values (entry_id, facet, value)
SELECT e.id, 'supports', s.value ->> 'id' FROM catalogue_entries AS e CROSS JOIN json_each(e.content, '$.interlinker.supports') AS s
WHERE e.kind = 'interlinker' AND e.content LIKE '%"supports"%' AND s.value ->> 'id' <> '' AND LENGTH(s.value ->> 'id') <= 500;
