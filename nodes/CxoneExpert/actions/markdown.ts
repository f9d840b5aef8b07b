/** Stands in for the converter: the HTML as it is. @param _base address of the page, for relative links */
export const toMarkdown = (html: string, _base: string): string => html;
