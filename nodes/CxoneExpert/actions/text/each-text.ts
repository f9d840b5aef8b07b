import { refuse } from '../../parameters/field';
import { isScript } from '../markdown/left-out';
import { Parser } from '../markdown/libraries';

/** Gets a piece of text, where it begins in the HTML, and which of its scripts it belongs to, if any. */
type Visit = (text: string, start: number, script: number | undefined) => void;

/** Visits all pieces of text, but no comments. */
export function eachText(html: string, visit: Visit, decodeEntities: boolean): void {
	let [depth, scripts] = [0, 0];
	/** Depth at which the open script begins. */
	let scriptDepth = Infinity;
	const parser = new Parser(
		{
			onopentag(name, attributes) {
				if (++depth > MAX_MARKUP_DEPTH) refuse(TOO_DEEP);
				if (scriptDepth !== Infinity || !isScript(name, attributes)) return;
				scriptDepth = depth;
				scripts++;
			},
			ontext: (text) => visit(text, parser.startIndex, scriptDepth === Infinity ? undefined : scripts),
			onclosetag() {
				if (depth-- === scriptDepth) scriptDepth = Infinity;
			},
		},
		{ decodeEntities },
	);
	parser.end(html);
}

/** The library takes time for each open element, and n8n does nothing else meanwhile. */
export const MAX_MARKUP_DEPTH = 5000;

export const TOO_DEEP = {
	message: 'The text has more than 5,000 elements within each other, so nothing was changed',
	description: 'Some are not closed. Open the page in the editor of Expert and save it there once.',
};
