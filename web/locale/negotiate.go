package locale

import (
	"net/http"

	"golang.org/x/text/language"

	"interlink/domain"
)

// Cookie is the name of the preference cookie that holds a language tag.
const Cookie = "interlink_lang"

// maxAcceptLanguage limits what is parsed of a header, in bytes.
const maxAcceptLanguage = 1000

// Negotiate chooses the language of a page: the parameter "lang" of the
// address, else the account's language ("" if none), else the preference
// cookie, else what the browser accepts, else the node's own language. Only
// languages of the catalog are chosen; "es-MX" finds "es".
func (c *Catalog) Negotiate(r *http.Request, account, node domain.Lang) domain.Lang {
	wishes := []string{r.URL.Query().Get("lang"), string(account)}
	if cookie, err := r.Cookie(Cookie); err == nil {
		wishes = append(wishes, cookie.Value)
	}
	for _, wish := range wishes {
		if lang, ok := c.Match(wish); ok {
			return lang
		}
	}
	header := r.Header.Get("Accept-Language")
	if len(header) <= maxAcceptLanguage {
		if tags, _, err := language.ParseAcceptLanguage(header); err == nil && len(tags) > 0 {
			if _, i, confidence := c.matcher.Match(tags...); confidence >= language.High {
				return c.langs[i]
			}
		}
	}
	if lang, ok := c.Match(string(node)); ok {
		return lang
	}
	return Fallback
}

// Match finds the catalog's language for a tag; ok is false for an empty,
// broken or foreign one.
func (c *Catalog) Match(wish string) (lang domain.Lang, ok bool) {
	if wish == "" || len(wish) > 35 {
		return "", false
	}
	tag, err := language.Parse(wish)
	if err != nil {
		return "", false
	}
	_, i, confidence := c.matcher.Match(tag)
	if confidence < language.High {
		return "", false
	}
	return c.langs[i], true
}
