/** Attributes of an element, by their names in lower case. */
export type Attributes = Record<string, string>;

/** Elements without text that a reader reads. */
const NOT_READ = new Set([
	...['applet', 'audio', 'button', 'canvas', 'datalist', 'dialog', 'embed', 'frameset', 'head'],
	...['input', 'link', 'meta', 'noembed', 'noframes', 'noscript', 'object', 'script', 'select'],
	...['style', 'svg', 'template', 'textarea', 'title', 'video'],
]);

/** Scripts and comments of authors, which an editor keeps in paragraphs and code. */
const NOT_SHOWN = new Set(['mt-script-comment', 'script-css', 'script-jem']);

/** Whether an element is no text of the page: docs/vendor-facts.md#reading-pages. */
export function isLeftOut(name: string, attributes: Attributes, isHiddenKept = false): boolean {
	if (NOT_READ.has(name) || attributes.role === 'button') return true;
	if (!isHiddenKept && isHidden(attributes)) return true;
	return classesOf(attributes).some(
		(each) => NOT_SHOWN.has(each) || /^mt-empty-state(-|$)|^mt-.*listings?(-|$)/.test(each),
	);
}

/** Whether its authors hide an element, from AI or from readers. A model must not read what no person notices. */
function isHidden(attributes: Attributes): boolean {
	const fromAi = attributes['data-llm-no-index'];
	return (fromAi !== undefined && fromAi !== 'false') || isUnseen(attributes);
}

/** Whether readers never see an element: other ways, such as white letters, are not known by its markup alone. */
export function isUnseen({ hidden, style = '' }: Attributes): boolean {
	if (hidden !== undefined && hidden !== 'until-found') return true;
	return /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b/i.test(plain(style));
}

/** Drops comments. */
const plain = (style: string) => style.replace(/\/\*[^]*?\*\//g, '');

/** Whether letters can be seen by the font size that an element sets; `undefined` if it sets none. */
export function hasVisibleLetters({ style = '' }: Attributes): boolean | undefined {
	const size = /(?:^|;)\s*font-size\s*:\s*([^;]+)/i.exec(plain(style))?.[1];
	return size === undefined ? undefined : !/^0(?:\.0+)?(?![\d.])/.test(size);
}

/** Drops invisible letters, which only machines read. */
export function seenText<T extends string | undefined>(text: T): T {
	return text?.replace(/[\u{E0000}-\u{E007F}]+/gu, '') as T;
}

/** Whether the element runs. The site runs `script` before readers get the page: docs/vendor-facts.md#writing-pages. */
export function isScript(name: string, attributes: Attributes): boolean {
	if (name === 'script' || name === 'style') return true;
	return classesOf(attributes).some((each) => each === 'script' || NOT_SHOWN.has(each));
}

export function classesOf({ class: classes = '' }: Attributes): string[] {
	return classes.split(/\s+/);
}

/** Two references that are one character together, as older sites write emoji: one alone is unknown. */
const PAIR = /&#(?:x(d[89ab][\da-f]{2})|(5[56]\d{3}));&#(?:x(d[c-f][\da-f]{2})|(5[67]\d{3}));/gi;

export function withJoinedSurrogates(html: string): string {
	return html.replace(PAIR, (pair: string, ...codes: Array<string | undefined>) => {
		const [hex1, decimal1, hex2, decimal2] = codes;
		const high = hex1 === undefined ? Number(decimal1) : parseInt(hex1, 16);
		const low = hex2 === undefined ? Number(decimal2) : parseInt(hex2, 16);
		const text = String.fromCharCode(high, low);
		return /^[\u{10000}-\u{10FFFF}]$/u.test(text) ? text : pair;
	});
}
