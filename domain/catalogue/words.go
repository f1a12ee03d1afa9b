package catalogue

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
)

// bare is what letters with marks are found by, as people leave marks out when
// they type. Others stand for themselves.
var bare = func() map[rune]string {
	out := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'þ': "th", 'ĳ': "ij"}
	for plain, marked := range map[string]string{
		"a": "àáâãäåāăą", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ", "i": "ìíîïĩīĭįı", "j": "ĵ", "k": "ķ",
		"l": "ĺļľŀł", "n": "ñńņň", "o": "òóôõöøōŏő", "r": "ŕŗř", "s": "śŝşšș", "t": "ţťŧț", "u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
		"α": "ά", "ε": "έ", "η": "ή", "ι": "ίϊΐ", "ο": "ό", "υ": "ύϋΰ", "ω": "ώ", "σ": "ς", "и": "й", "е": "ё",
	} {
		for _, r := range marked {
			out[r] = plain
		}
	}
	return out
}()

// longestWord is how many bytes a word may have: longer ones are no words.
const longestWord = 40

// Words returns the words of a text as they are looked for: in small letters,
// without marks, markup and everything that is neither letter nor digit. They
// come in the order of the text, each as often as it is there.
func Words(text string) []string {
	var words []string
	for word := range spelled(text) {
		words = append(words, word)
	}
	return words
}

// spelled yields the [Words] of a text, each with how it is written there, but
// for capitals.
func spelled(text string) iter.Seq2[string, string] {
	return func(yield func(word, written string) bool) { spell(text, yield) }
}

func spell(text string, yield func(word, written string) bool) {
	var word strings.Builder
	tag, more, start := false, true, 0
	end := func(at int) {
		if n := word.Len(); more && n > 0 && n <= longestWord {
			more = yield(word.String(), strings.ToLower(text[start:at]))
		}
		word.Reset()
	}
	for i, r := range text {
		if word.Len() == 0 {
			start = i
		}
		if tag {
			tag = r != '>'
			continue
		}
		if r == '<' && startsTag(text[i+1:]) {
			tag = true
		}
		switch r = unicode.ToLower(r); {
		case bare[r] != "":
			word.WriteString(bare[r])
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // a mark that stands by itself
		default:
			if end(i); !more {
				return
			}
		}
	}
	end(len(text))
}

// startsTag reports whether what follows "<" is a tag rather than a sign.
func startsTag(rest string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimPrefix(rest, "/"))
	return unicode.IsLetter(r) && strings.IndexByte(rest, '>') >= 0
}

// endings are those of each language's words, longest first, without marks:
// what is left of a word without them is its root.
var endings = func() map[domain.Lang][]string {
	out := map[domain.Lang][]string{}
	for lang, list := range map[domain.Lang]string{
		"en": "ization isation ations ation ments ment ating ated ates ate ings ing ions ion ers ies ied ness es ed er ly y s e",
		"es": "amientos imientos amiento imiento aciones acion adores adoras ador adora iciones icion ciones cion mente iendo ando ados adas idos idas ado ada ido ida ares ar er ir es os as o a e s",
		"it": "azioni azione amenti amento imenti imento atori atore izioni izione zioni zione mente ando endo ati ate ato ata iti ite ito ita are ere ire he hi i e o a",
		"lv": "sanas sanai sanu sana siem iem ajam ajai ajos ajas ajam ais am as os us is es ai im em u a e i s",
		"nl": "heden ingen heid elijk eren aties atie ing ers en er e s",
	} {
		all := strings.Fields(list)
		slices.SortStableFunc(all, func(a, b string) int { return len(b) - len(a) })
		out[lang] = all
	}
	return out
}()

// rootLanguages lists the languages whose words have known endings.
var rootLanguages = []domain.Lang{"en", "es", "it", "lv", "nl"}

// shortestRoot is how many bytes are left of a word at least.
const shortestRoot = 3

// Root returns what a word, as of [Words], has in common with its other forms
// in a language: itself without its endings. Of other languages the word as it
// is.
func Root(word string, lang domain.Lang) string {
	primary, _, _ := strings.Cut(string(lang), "-")
	for range 2 { // "engagements": engagement, engag
		cut := word
		for _, ending := range endings[domain.Lang(primary)] {
			if len(word)-len(ending) >= shortestRoot && strings.HasSuffix(word, ending) {
				cut = word[:len(word)-len(ending)]
				break
			}
		}
		if n := len(cut); n > shortestRoot && n < len(word) && cut[n-1] == cut[n-2] && cut[n-1] < utf8.RuneSelf {
			cut = cut[:n-1] // "mapping": map
		}
		if cut == word {
			break
		}
		word = cut
	}
	if n := len(word); primary == "nl" && n > shortestRoot+1 && word[n-2] == word[n-3] && strings.IndexByte("aeou", word[n-2]) >= 0 {
		word = word[:n-2] + word[n-1:] // "aanvraag", "aanvragen": aanvrag
	}
	return word
}

// stopWords say nothing by themselves, in the languages of [rootLanguages].
var stopWords = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`a an and are as at do does if me need not so them they us want when where be by for from has how in into is it its of on or our that the their this to we what which who will with you your can should would could must may each about
		al con cual de del el en es esta este la las lo los mas no o para por que se su sus un una y como debe deben deberia deberian puede pueden hay ser sea muy si le les entre cada
		che chi ci come da dal dalla dei del della delle di e gli i il la le lo nel nella non per piu si sono sul un una uno con alla deve devono dovrebbe dovrebbero puo possono essere ha hanno ogni tra
		ar ir kas lai no par pie un uz var vai ka ja to tas ta jabut jaspej vajadzetu varetu ari katrs katram
		aan als bij dat de die dit door een en het hoe in is met naar niet of om op te tot uit van voor wat wij ze zijn zo moet moeten kan kunnen wordt worden zou zouden elk elke`) {
		out[w] = true
	}
	return out
}()

// telling are the words of a text that say something, each once, at most so many;
// all of them if none does. Single letters say nothing, digits do ("SDG 3").
func telling(words []string, most int) []string {
	var out []string
	for _, keep := range []bool{false, true} {
		seen := map[string]bool{}
		for _, w := range words {
			if !seen[w] && (keep || !stopWords[w] && (len(w) > 1 || unicode.IsDigit(rune(w[0])))) && len(out) < most {
				seen[w] = true
				out = append(out, w)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// rootsIn are the roots of a word in all languages, each once.
func rootsIn(word string) []string {
	var out []string
	for _, lang := range rootLanguages {
		if root := Root(word, lang); !slices.Contains(out, root) {
			out = append(out, root)
		}
	}
	return out
}

// apart is how many letters have to be left out, put in, changed or swapped
// with the next to make a of b; most+1 if more than most.
func apart(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > most || -d > most {
		return most + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(y)], most+1)
}
