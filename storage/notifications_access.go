package storage

// inOffice leaves out what somebody was told as one of those who decide or
// administer, and are not any more: as a reviewer of applications, as an
// administrator of a group, as who moderates the node. So does what tells of a
// group that only its members know.
const inOffice = `(n.topic NOT IN ('application_received', 'application_appealed', 'application_withdrawn') OR EXISTS (SELECT 1 FROM role_calls AS c WHERE c.id = n.subject_id
		AND (c.reviewers LIKE '%"' || n.person_id || '"%' OR EXISTS (SELECT 1 FROM group_members AS m WHERE m.group_id = c.team_id AND m.actor_id = n.person_id AND m.role = 'administrator')
		OR EXISTS (SELECT 1 FROM process_grants AS g WHERE g.process_id = c.process_id AND g.actor_id = n.person_id AND g.administrator))))
	AND (n.topic NOT IN ('call_published', 'call_revised') OR EXISTS (SELECT 1 FROM role_calls AS c JOIN posts AS p ON p.id = c.id WHERE c.id = n.subject_id
		AND p.deleted_at IS NULL AND p.host NOT IN ` + blockedHosts + `))
	AND (n.topic NOT IN ('member_joined', 'member_left', 'invitation_declined') OR EXISTS (SELECT 1 FROM group_members AS m WHERE m.group_id = n.subject_id
		AND m.actor_id = n.person_id AND m.role = 'administrator'))
	AND (n.topic NOT IN ('group_member', 'group_administrator') OR EXISTS (SELECT 1 FROM actors AS g WHERE g.id = n.subject_id AND g.gone_at IS NULL
		AND (g.visibility = 'public' OR EXISTS (SELECT 1 FROM group_members AS m WHERE m.group_id = g.id AND m.actor_id = n.person_id))))
	AND (n.topic NOT IN ('notice_received', 'complaint_received', 'report_made') OR EXISTS (SELECT 1 FROM accounts AS x WHERE x.actor_id = n.person_id AND x.role IN ('moderator', 'admin')))
	AND (n.topic <> 'account_waiting' OR EXISTS (SELECT 1 FROM accounts AS x WHERE x.actor_id = n.person_id AND x.role = 'admin'))`
