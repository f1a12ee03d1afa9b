package web_test

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// fill opens a page, fills in the form that posts to action as a browser does
// (what is preset stays, what the page does not ask for cannot be given), and
// sends it.
func (r *reader) fill(at, action string, values url.Values) page {
	r.s.t.Helper()
	root, err := html.Parse(strings.NewReader(r.get(at).body))
	if err != nil {
		r.s.t.Fatal(err)
	}
	form, asked := preset(root, action)
	if form == nil {
		r.s.t.Fatalf("%s has no form to %s", at, action)
	}
	for name, value := range values {
		if !asked[name] {
			r.s.t.Errorf("the form at %s does not ask for %q", at, name)
		}
		form[name] = value
	}
	return r.post(action, form)
}

// preset are the values of a form as the page gives them, and the names it
// asks for; nil if there is none.
func preset(root *html.Node, action string) (values url.Values, asked map[string]bool) {
	id := "\x00"
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && attribute(n, "action") == action && attribute(n, "method") == "post" {
			values, asked, id = url.Values{}, map[string]bool{}, attribute(n, "id")
			collect(n, values, asked)
			break
		}
	}
	for n := range root.Descendants() { // buttons outside of the form
		if id != "" && n.Type == html.ElementNode && attribute(n, "form") == id {
			asked[attribute(n, "name")] = true
		}
	}
	return values, asked
}

func collect(form *html.Node, values url.Values, asked map[string]bool) {
	for n := range form.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		name := attribute(n, "name")
		switch n.Data {
		case "button":
		case "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			values.Set(name, strings.TrimPrefix(text, "\n"))
		case "select":
			for o := range n.Descendants() {
				if o.Data == "option" && (values[name] == nil || has(o, "selected")) {
					values.Set(name, attribute(o, "value"))
				}
			}
		case "input":
			if kind := attribute(n, "type"); kind != "checkbox" && kind != "radio" {
				values.Add(name, attribute(n, "value"))
			} else if has(n, "checked") {
				values.Add(name, attribute(n, "value"))
			}
		default:
			continue
		}
		asked[name] = true
	}
}

// boxes are the values of the checkboxes of a page with a name.
func (r *reader) boxes(at, name string) []string {
	r.s.t.Helper()
	root, err := html.Parse(strings.NewReader(r.get(at).body))
	if err != nil {
		r.s.t.Fatal(err)
	}
	var values []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "input" && attribute(n, "type") == "checkbox" && attribute(n, "name") == name {
			values = append(values, attribute(n, "value"))
		}
	}
	return values
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
