/** Stands in for the converter: the HTML as it is. `base` is the address of the page, for relative links. */
export const toMarkdown: (html: string, base: string) => string = (html) => html;
