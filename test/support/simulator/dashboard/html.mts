/** Markup that is safe to insert; everything else is escaped by `html`. */
export class Markup {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

type Part = Markup | string | number | Part[];

/** Template tag: escapes each value that is not markup already; lists are joined. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Markup {
	const text = strings.map((part, index) => part + show(values[index] ?? ''));
	return new Markup(text.join(''));
}

function show(part: Part): string {
	if (Array.isArray(part)) return part.map(show).join('');
	return part instanceof Markup ? part.text : escape(String(part));
}

const entities: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

function escape(text: string): string {
	return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
