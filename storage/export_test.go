package storage

import "strings"

// TrafficQueries are those of [Traffic] with values in them.
func TrafficQueries() []string {
	values := strings.NewReplacer("?0", "9", "?1", "TRUE", "?2", "5", "?3", "5", "?4", "0", "?5", "''", "?6", "21")
	return []string{values.Replace(worstHosts), lateHosts + "SELECT MIN(oldest) FROM late"}
}

// Needed are the columns that keep actors.
func Needed() []string {
	var all []string
	for _, n := range needed {
		all = append(all, n.table+"."+n.column)
	}
	return all
}
