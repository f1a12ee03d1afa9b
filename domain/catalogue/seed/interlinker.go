package seed

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// natures are the folders of Interlinkers: the folder says what it is, not
// the field "type".
var natures = []struct {
	folder string
	nature catalogue.Nature
}{
	{"software", catalogue.NatureSoftware},
	{"knowledge", catalogue.NatureKnowledge},
	{"externalsoftware", catalogue.NatureExternalSoftware},
	{"externalknowledge", catalogue.NatureExternalKnowledge},
}

// corrected are values with a slip of the pen that became part of the data.
var corrected = map[string]string{
	"propietary":                          "proprietary",
	"sofware":                             "software",
	"enhancing_services:external_experts": "enhancing_services;external_experts",
}

func (r *reader) interlinkers() {
	for _, n := range natures {
		parent := "interlinkers/" + n.folder
		for _, dir := range r.dirs(parent) {
			r.interlinker(parent+"/"+dir, n.folder+"/"+dir, n.nature)
		}
	}
}

// interlinker reads one directory. Its key is the nature and the directory's
// name in small letters: ids changed between editions of the data.
func (r *reader) interlinker(dir, key string, nature catalogue.Nature) {
	file := dir + "/metadata.json"
	if _, err := fs.Lstat(r.tree, file); errors.Is(err, fs.ErrNotExist) {
		r.warn(dir, "", "has no metadata.json: left out")
		return
	}
	o, ok := r.object(file)
	if !ok {
		return
	}
	name, summary := o.named()
	i := &catalogue.Interlinker{
		Nature: nature, Tags: o.tags("tags_translations"), Problems: o.strings("problemprofiles"),
		Constraints: meaningful(o.texts("constraints_and_limitations_translations")),
		Regulations: meaningful(o.texts("regulations_and_standards_translations")),
		Supports:    o.supports(),
		Difficulty:  o.text("difficulty"), Licence: o.fix("licence"), SPDX: o.text("spdx"),
		Audience: o.strings("targets"), ServiceTypes: o.fixAll("types"), Scopes: o.strings("administrative_scopes"),
		Form: o.fix("form"), Format: o.fix("format"), AssetName: o.texts("asset_name_translations"),
		SupportedBy: o.strings("supported_by"), Sustainability: o.flag("is_sustainability_related"),
		Instructions: o.instructions(dir), Service: o.integration(),
	}
	i.Overview = o.texts("overview_text")
	i.URI = o.addresses(nature)
	i.Documents = o.documents(dir)
	i.Aliases = aliases(key, o.text("id"), name["en"])
	o.vocabulary(i)
	o.notices(i)
	o.contradictions(folder(key))
	if len(i.Problems) == 0 {
		r.warn(file, "problemprofiles", "has no problem profile: it is never recommended")
	}
	if len(i.Problems) > 20 {
		r.warn(file, "problemprofiles", "has %d problem profiles: it will be recommended last", len(i.Problems))
	}
	r.folders(dir)
	r.add(file, &catalogue.Entry{
		Kind: catalogue.KindInterlinker, Key: strings.ToLower(key), Name: name, Summary: summary, Interlinker: i,
	})
}

// supports reads the rules of law that the Interlinker helps to comply with, as
// publiccode.yml names them.
func (o object) supports() []catalogue.Support {
	raw := o.members["supports"]
	if raw == nil {
		return nil
	}
	var all []catalogue.Support
	if err := json.Unmarshal(raw, &all); err != nil {
		o.r.warn(o.file, "supports", "is no list of references: left out")
		return nil
	}
	return all
}

// aliases are what the same Interlinker was called in other editions.
func aliases(key, id, name string) []string {
	nature, _, _ := strings.Cut(key, "/")
	var out []string
	seen := map[string]bool{strings.ToLower(key): true}
	for _, alias := range []string{id, strings.ReplaceAll(id, "_", "-"), strings.ReplaceAll(id, "-", "_"), name} {
		alias = strings.ToLower(nature + "/" + alias)
		if !seen[alias] && alias != nature+"/" && len(alias) < 200 {
			seen[alias] = true
			out = append(out, alias)
		}
	}
	return out
}

// meaningful drops texts that only say that there is nothing to say.
func meaningful(t domain.Text) domain.Text {
	for l, s := range t {
		switch strings.ToLower(strings.Trim(s, " .")) {
		case "none", "n/a", "na", "-", "no":
			delete(t, l)
		}
	}
	return t.Clean()
}

// fix reads a value and corrects a known slip.
func (o object) fix(field string) string {
	s := o.text(field)
	if right, ok := corrected[s]; ok {
		o.r.warn(o.file, field, "%q is read as %q", s, right)
		return right
	}
	return s
}

func (o object) fixAll(field string) []string {
	list := o.strings(field)
	for i, s := range list {
		if right, ok := corrected[s]; ok {
			o.r.warn(o.file, field, "%q is read as %q", s, right)
			list[i] = right
		}
	}
	return list
}

// localName returns the last part of a path in the data, which is written
// from the root of the tree but means a file of the item's own directory. A
// path that climbs is an error.
func (o object) localName(field, p string) (string, bool) {
	p = strings.ReplaceAll(strings.TrimSpace(p), "\\", "/")
	for _, part := range strings.Split(p, "/") {
		if part == ".." {
			o.r.fail(o.file, field, "%q leads out of the tree", p)
			return "", false
		}
	}
	name := path.Base(p)
	if strings.ContainsRune(p, 0) || strings.HasPrefix(p, "/") || !fs.ValidPath(name) || name == "." {
		o.r.fail(o.file, field, "%q is no file of this tree", p)
		return "", false
	}
	if strings.HasPrefix(name, "~$") {
		return "", false // a lock that an office program left behind
	}
	return name, true
}

// instructions reads the Markdown beside the metadata, or keeps an address.
func (o object) instructions(dir string) domain.Text {
	var m map[string]string
	if !o.into("instructions_translations", &m) {
		return nil
	}
	t := domain.Text{}
	for _, l := range slices.Sorted(maps.Keys(m)) {
		p := m[l]
		const field = "instructions_translations"
		lang, err := domain.ParseLang(l)
		if err != nil || strings.TrimSpace(p) == "" {
			continue
		}
		if strings.HasPrefix(p, "https://") || strings.HasPrefix(p, "http://") {
			t[lang] = "<" + p + ">"
			continue
		}
		name, ok := o.localName(field, p)
		if !ok {
			continue
		}
		if _, err := fs.Lstat(o.r.tree, dir+"/"+name); errors.Is(err, fs.ErrNotExist) {
			o.r.warn(o.file, field+"."+l, "%s is not there", name)
			continue
		}
		body, ok := o.r.markdown(dir + "/" + name)
		if !ok {
			continue
		}
		if onlyHeading(body) {
			o.r.warn(o.file, field+"."+l, "%s has a heading only: left out", name)
			continue
		}
		t[lang] = body
	}
	return t.Clean()
}

// markdown reads a text, with line ends as they should be.
func (r *reader) markdown(file string) (string, bool) {
	raw, ok := r.bytes(file, maxMarkdown)
	return strings.TrimSpace(strings.ReplaceAll(string(raw), "\r\n", "\n")), ok
}

// onlyHeading reports whether Markdown has no text below its headings.
func onlyHeading(body string) bool {
	for _, line := range strings.Split(body, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

// addresses reads where an external Interlinker is found.
func (o object) addresses(nature catalogue.Nature) domain.Text {
	external := nature == catalogue.NatureExternalKnowledge || nature == catalogue.NatureExternalSoftware
	uri := o.texts("uri_translations")
	for _, l := range uri.Langs() {
		s := uri[l]
		if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
			o.r.warn(o.file, "uri_translations."+string(l), "%q is no web address: left out", s)
			delete(uri, l)
		} else {
			o.suspectAddress(string(l), s)
		}
	}
	if external && uri.Empty() {
		o.r.warn(o.file, "uri_translations", "has no address")
	}
	return uri.Clean()
}

// documents notes which templates there are. The text of those in Markdown
// is kept, of others only the name.
func (o object) documents(dir string) map[string]catalogue.Document {
	var m map[string]string
	if !o.into("file_translations", &m) {
		return nil
	}
	out := map[string]catalogue.Document{}
	for _, l := range slices.Sorted(maps.Keys(m)) {
		p := m[l]
		lang, err := domain.ParseLang(l)
		if err != nil || strings.TrimSpace(p) == "" {
			continue
		}
		name, ok := o.localName("file_translations", p)
		if !ok {
			continue
		}
		info, err := fs.Lstat(o.r.tree, dir+"/"+name)
		available := err == nil && info.Mode().IsRegular()
		if !available {
			o.r.warn(o.file, "file_translations."+l, "%s is not there", name)
		}
		o.suspectDocument(l, name)
		d := catalogue.Document{Name: name, Available: available}
		if available && strings.EqualFold(path.Ext(name), ".md") {
			d.MediaType = "text/markdown"
			d.Text, _ = o.r.markdown(dir + "/" + name)
		}
		if available {
			d.Licence = o.r.notice(dir + "/" + name)
		}
		out[string(lang)] = d
	}
	return out
}

// notices names documents that say another licence of themselves than the
// metadata. Both are kept: the metadata's stands for the entry, the notice for
// the document.
func (o object) notices(i *catalogue.Interlinker) {
	for _, l := range slices.Sorted(maps.Keys(i.Documents)) {
		if d := i.Documents[l]; d.Licence != "" && i.Licence != "" && class(d.Licence) != i.Licence {
			o.r.warn(o.file, "licence", "says %.80q, but %s is under %s: both are shown", i.Licence, d.Name, d.Licence)
		}
	}
}

// integration reads how a software Interlinker is reached.
func (o object) integration() *catalogue.Integration {
	if !o.has("integration") {
		return nil
	}
	in, ok := o.r.parse(o.file, o.members["integration"])
	if !ok {
		return nil
	}
	out := &catalogue.Integration{
		Name: in.text("service_name"), Domain: in.text("domain"), Path: in.text("path"), Subdomain: in.flag("is_subdomain"),
		APIPath: in.text("api_path"), Auth: in.text("auth_method"),
	}
	in.into("capabilities", &out.Capabilities)
	return out
}

// folders notes what is beside the metadata and not read.
func (r *reader) folders(dir string) {
	for _, e := range r.list(dir) {
		switch {
		case strings.HasPrefix(e.Name(), "~$"):
			r.warn(dir+"/"+e.Name(), "", "the lock of an office program: left out")
		case e.Type()&fs.ModeSymlink != 0:
			r.fail(dir+"/"+e.Name(), "", "a symbolic link: replace it by what it points to")
		case e.IsDir() && e.Name() == "snapshot":
			r.warn(dir+"/snapshot", "", `should be called "snapshots"`)
		}
	}
}
