-- What Interlinkers support is found by its own name too.
INSERT INTO catalogue_values (entry_id, facet, value)
SELECT DISTINCT e.id, 'supports', s.value ->> 'id' FROM catalogue_entries AS e CROSS JOIN LATERAL json_array_elements(e.content::json -> 'interlinker' -> 'supports') AS s
WHERE e.kind = 'interlinker' AND e.content LIKE '%"supports"%' AND s.value ->> 'id' <> '' AND LENGTH(s.value ->> 'id') <= 500
ON CONFLICT DO NOTHING;
