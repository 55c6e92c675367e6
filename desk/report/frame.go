package report

import "html/template"

// Frame is a set of templates of its own for pages that other rooms draw in the style of
// those here: "head", what stands at the beginning of every <head>, with the policy that
// lets a page ask and run nothing, and "brand", whose page it is.
func Frame() *template.Template {
	return template.Must(template.New("frame").ParseFS(files, "head.html.tmpl"))
}

// Style is the style sheet that all pages share.
func Style() template.CSS {
	css, err := files.ReadFile("page.css")
	if err != nil {
		panic("the style sheet is compiled in: " + err.Error())
	}
	return template.CSS(css)
}
