package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
)

// Composition begins an Interlinker.
type Composition struct {
	Body struct {
		Slug    string            `json:"slug,omitempty" maxLength:"60" doc:"last part of its address; taken from the name if absent"`
		Content catalogue.Content `json:"content" doc:"with interlinker; files, pictures and where it was made are not taken from here"`
	}
}

// Rewriting changes all of an Interlinker.
type Rewriting struct {
	SlugInput
	Body struct {
		Revision int64             `json:"revision" doc:"the one that was read"`
		Content  catalogue.Content `json:"content" doc:"all of it: what is absent goes; files and where it was made stay"`
		Checked  []domain.Lang     `json:"checked,omitempty" doc:"languages in which all translations were checked"`
		Note     string            `json:"note,omitempty" maxLength:"1200" doc:"what the change is"`
	}
}

// Publication publishes a draft.
type Publication struct {
	SlugInput
	Body struct {
		Revision int64  `json:"revision" doc:"the one that was read"`
		Note     string `json:"note,omitempty" maxLength:"1200" doc:"for the list of versions"`
	}
}

// DiscardInput throws a draft away.
type DiscardInput struct {
	SlugInput
	Revision int64 `query:"revision" required:"true" doc:"the one that was read"`
}

// TemplateInput names the template of a language.
type TemplateInput struct {
	SlugInput
	Language domain.Lang `path:"language" maxLength:"35"`
	Revision int64       `query:"revision" required:"true" doc:"the one that was read"`
}

// NewTemplateInput makes a file the template of a language: its bytes are the
// body.
type NewTemplateInput struct {
	TemplateInput
	Sent
	Name string `query:"name" maxLength:"1000" doc:"of the file; without it \"file\""`
}

// PictureInput adds a picture to an Interlinker.
type PictureInput struct {
	SlugInput
	Body struct {
		Revision int64       `json:"revision" doc:"the one that was read"`
		File     []byte      `json:"file" doc:"PNG, JPEG, GIF or WebP of at most 2 MB, in base64"`
		Alt      domain.Text `json:"alt" doc:"what it shows, in words"`
	}
}

// NoPictureInput takes a picture away.
type NoPictureInput struct {
	SlugInput
	Revision int64      `query:"revision" required:"true" doc:"the one that was read"`
	Picture  domain.IRI `query:"picture" required:"true" maxLength:"2048" doc:"its address"`
}

// EntryVersion is what an entry of this node said.
type EntryVersion struct {
	Number  int                `json:"number"`
	Status  string             `json:"status"`
	Note    string             `json:"note,omitempty" doc:"what the change was"`
	At      time.Time          `json:"at"`
	Content *catalogue.Content `json:"content,omitempty" doc:"of one version; absent in lists"`
}

// EntryVersionsInput lists versions.
type EntryVersionsInput struct {
	SlugInput
	Paging
}

// EntryVersionInput asks for one.
type EntryVersionInput struct {
	SlugInput
	Number int `path:"number" minimum:"1"`
}

// TranslationState is how far a field is translated.
type TranslationState struct {
	Field    string      `json:"field"`
	Language domain.Lang `json:"language"`
	State    string      `json:"state" enum:"missing,draft,reviewed,stale"`
}

// TranslationsInput asks how far an Interlinker is translated.
type TranslationsInput struct {
	SlugInput
	Language domain.Lang `query:"language" maxLength:"35" doc:"of the translations; all that there are if absent"`
}

func (a *API) authorOperations() {
	const tag = "Catalogue"
	writers := "For those who write the catalogue."
	do(a, tag, operation{method: http.MethodPost, path: "/interlinkers", status: http.StatusCreated, maxBody: 1 << 20, summary: "Begin an Interlinker as a draft", description: writers + " Drafts never leave the node."},
		func(ctx context.Context, c *caller, in *Composition) (*One[Entry], error) {
			return a.oneEntry(a.Catalogue.Compose(ctx, c.viewer, in.Body.Slug, catalogue.Writing{Content: in.Body.Content}))
		})
	do(a, tag, operation{method: http.MethodPut, path: "/interlinkers/{slug}", maxBody: 1 << 20, summary: "Change an Interlinker", description: writers + " A published one gets a new version, of which those who follow the catalogue are told."},
		func(ctx context.Context, c *caller, in *Rewriting) (*One[Entry], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			return a.oneEntry(a.Catalogue.Rewrite(ctx, c.viewer, e.ID, in.Body.Revision, catalogue.Writing{Content: in.Body.Content, Checked: in.Body.Checked, Note: in.Body.Note}))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/interlinkers/{slug}/publication", summary: "Publish a draft, or recommend a deprecated Interlinker again", description: writers},
		func(ctx context.Context, c *caller, in *Publication) (*One[Entry], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			return a.oneEntry(a.Catalogue.Publish(ctx, c.viewer, e.ID, in.Body.Revision, in.Body.Note))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/interlinkers/{slug}", summary: "Throw a draft away", description: writers},
		func(ctx context.Context, c *caller, in *DiscardInput) (*None, error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			return nothing(a.Catalogue.Discard(ctx, c.viewer, e.ID, in.Revision))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/catalogue/drafts", own: true, summary: "List the drafts", description: writers},
		func(ctx context.Context, c *caller, in *Paging) (*List[Entry], error) {
			return listAs(c, a.entry)(a.Catalogue.Drafts(ctx, c.viewer, in.page()))
		})
	a.entryVersionOperations(tag)
}

func (a *API) entryVersionOperations(tag string) {
	do(a, tag, operation{method: http.MethodGet, path: "/interlinkers/{slug}/versions", summary: "List the versions of an Interlinker of this node, newest first"},
		func(ctx context.Context, c *caller, in *EntryVersionsInput) (*List[EntryVersion], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			return listAs(c, entryVersion)(a.Catalogue.Versions(ctx, c.viewer, e.ID, in.page()))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/interlinkers/{slug}/versions/{number}", summary: "Read a version of an Interlinker of this node"},
		func(ctx context.Context, c *caller, in *EntryVersionInput) (*One[EntryVersion], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			v, err := a.Catalogue.Version(ctx, c.viewer, e.ID, in.Number)
			if err != nil {
				return nil, err
			}
			out := entryVersion(*v)
			out.Content = &v.Content
			return one(out), nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/interlinkers/{slug}/translations", summary: "Tell how far an Interlinker is translated"},
		func(ctx context.Context, c *caller, in *TranslationsInput) (*One[[]TranslationState], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			return one(translationsOf(e.Content(), in.Language)), nil
		})
	a.templateOperations(tag)
}

// templateOperations are those of files and pictures.
func (a *API) templateOperations(tag string) {
	sent := &huma.RequestBody{Required: true, Description: "The bytes of the file; their type is found out, whatever the request says.", Content: bytesOf("application/octet-stream")}
	do(a, tag, operation{method: http.MethodPut, path: "/interlinkers/{slug}/templates/{language}", summary: "Make a file the template of a language", sent: sent, description: "For those who write the catalogue."},
		func(ctx context.Context, c *caller, in *NewTemplateInput) (*One[Entry], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			e, err = a.Catalogue.Attach(ctx, c.viewer, e.ID, in.Revision, in.Language, coproduction.FileName(in.Name), in.body)
			return a.oneEntry(e, cut(err))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/interlinkers/{slug}/pictures", summary: "Add a picture to an Interlinker", maxBody: maxLogo, description: "For those who write the catalogue. What the file says beside the picture is left out; it is drawn anew only if it is wider or higher than 1600 pixels, or turned."},
		func(ctx context.Context, c *caller, in *PictureInput) (*One[Entry], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			return a.oneEntry(a.Catalogue.Depict(ctx, c.viewer, e.ID, in.Body.Revision, in.Body.File, in.Body.Alt))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/interlinkers/{slug}/pictures", summary: "Take a picture of an Interlinker away", description: "For those who write the catalogue."},
		func(ctx context.Context, c *caller, in *NoPictureInput) (*One[Entry], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			return a.oneEntry(a.Catalogue.Undepict(ctx, c.viewer, e.ID, in.Revision, in.Picture))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/interlinkers/{slug}/templates/{language}", summary: "Take the template of a language away", description: "For those who write the catalogue."},
		func(ctx context.Context, c *caller, in *TemplateInput) (*One[Entry], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			return a.oneEntry(a.Catalogue.Detach(ctx, c.viewer, e.ID, in.Revision, in.Language))
		})
}

// entryVersion is a version as lists show it.
func entryVersion(v catalogue.Version) EntryVersion {
	return EntryVersion{Number: v.Number, Status: string(v.Status), Note: v.Note, At: v.At}
}

func (a *API) oneEntry(e *catalogue.Entry, err error) (*One[Entry], error) {
	if err != nil {
		return nil, err
	}
	return one(a.entry(e)), nil
}

// translationsOf lists how far fields are translated, into one language or all
// that any field has.
func translationsOf(c catalogue.Content, lang domain.Lang) []TranslationState {
	langs := domain.Text{lang: "x"}
	if lang == "" {
		for _, field := range catalogue.Fields {
			for l := range c.Field(field) {
				langs[l] = "x"
			}
		}
		delete(langs, "")
	}
	out := []TranslationState{}
	for _, l := range langs.Langs() {
		for _, field := range catalogue.Fields {
			if state := c.Translation(field, l); state != "" && l != c.Original() {
				out = append(out, TranslationState{Field: field, Language: l, State: string(state)})
			}
		}
	}
	return out
}
