package exchange

import (
	"net/url"
	"path"
	"strings"

	"interlink/domain"
)

// fileName is what the description of software is called, in the root of its
// repository.
const fileName = "publiccode.yml"

// Raw returns the addresses at which the file behind an address may be read,
// the likeliest first: the page of a file on a forge becomes the file, the
// page of a repository its publiccode.yml. GitHub, GitLab, Gitea and Forgejo
// are known by their addresses; of a host that may run any of them, the ways
// of all are tried. An address of something else is returned as it is.
func Raw(address domain.IRI) []domain.IRI {
	u, err := url.Parse(string(address))
	if err != nil {
		return nil
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	at := func(host string, segments ...string) domain.IRI {
		to := *u
		to.Host, to.RawQuery, to.Fragment, to.RawPath = host, "", "", ""
		to.Path = "/" + strings.Join(segments, "/")
		return domain.IRI(to.String())
	}
	if len(parts) < 2 || isFile(parts) && !forged(parts) || u.RawQuery != "" {
		return []domain.IRI{address}
	}
	if u.Host == "github.com" || u.Host == "www.github.com" {
		return github(parts, at)
	}
	if i := indexOf(parts, "-"); i >= 2 && len(parts) > i+2 { // GitLab: group/project/-/blob/main/file
		return []domain.IRI{at(u.Host, append(append(append([]string{}, parts[:i]...), "-", "raw"), pathOf(parts[i+2:])...)...)}
	}
	if len(parts) >= 5 && (parts[2] == "src" || parts[2] == "raw") && (parts[3] == "branch" || parts[3] == "tag" || parts[3] == "commit") { // Gitea, Forgejo
		return []domain.IRI{at(u.Host, append([]string{parts[0], parts[1], "raw", parts[3]}, pathOf(parts[4:])...)...)}
	}
	parts[len(parts)-1] = strings.TrimSuffix(parts[len(parts)-1], ".git")
	gitlab := at(u.Host, append(append([]string{}, parts...), "-", "raw", "HEAD", fileName)...)
	if len(parts) > 2 || u.Host == "gitlab.com" || strings.HasPrefix(u.Host, "gitlab.") {
		return []domain.IRI{gitlab} // only GitLab has groups in groups
	}
	var out []domain.IRI
	for _, branch := range []string{"main", "master"} {
		out = append(out, at(u.Host, parts[0], parts[1], "raw", "branch", branch, fileName))
	}
	return append(out, gitlab)
}

func github(parts []string, at func(string, ...string) domain.IRI) []domain.IRI {
	const raw = "raw.githubusercontent.com"
	if len(parts) >= 4 && (parts[2] == "blob" || parts[2] == "raw" || parts[2] == "tree") {
		return []domain.IRI{at(raw, append([]string{parts[0], parts[1]}, pathOf(parts[3:])...)...)}
	}
	return []domain.IRI{at(raw, parts[0], strings.TrimSuffix(parts[1], ".git"), "HEAD", fileName)}
}

// pathOf is a branch and the path of a file below it; of a folder, that of the
// file in it.
func pathOf(parts []string) []string {
	if isFile(parts) && len(parts) > 1 {
		return parts
	}
	return append(append([]string{}, parts...), fileName)
}

// isFile reports whether a path ends with the name of a file that can be read.
func isFile(parts []string) bool {
	switch strings.ToLower(path.Ext(parts[len(parts)-1])) {
	case ".yml", ".yaml", ".json", ".csv", ".zip", ".txt":
		return true
	}
	return false
}

// forged reports whether a path is that of a forge's page of a file, not of the
// file.
func forged(parts []string) bool {
	for _, p := range []string{"blob", "src", "tree"} {
		if i := indexOf(parts, p); i >= 2 {
			return true
		}
	}
	return false
}

func indexOf(parts []string, s string) int {
	for i, p := range parts {
		if p == s {
			return i
		}
	}
	return -1
}
