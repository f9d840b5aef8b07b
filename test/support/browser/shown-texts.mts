import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonText } from '../json-text.mts';
import { projectRoot } from '../n8n/runtime.mts';
import { codeTexts, FILLED_IN } from '../unit/code-texts.mts';
import { PICTURES, PICTURES_FOLDER, type PictureName } from './picture-list.mts';

/*
 * Which texts of the nodes and the credential each picture of the docs shows, noted when it is taken: a
 * picture with a text that the code no longer has is to be taken again.
 */

export type ShownTexts = Partial<Record<PictureName, string[]>>;

const FILE = join(projectRoot, PICTURES_FOLDER, 'texts.json');

/** From this length on, a text is ours wherever it stands; a shorter one must be a line of its own. */
const MIN_SENTENCE_CHARS = 30;

export function readShownTexts(): ShownTexts {
	return JSON.parse(readFileSync(FILE, 'utf8')) as ShownTexts;
}

/** @param visible all text that the picture shows */
export function noteShownTexts(picture: PictureName, visible: string): void {
	// n8n puts an asterisk behind the label of a required field.
	const lines = new Set(visible.split('\n').map((line) => line.replace(/ \*$/, '').trim()));
	const whole = visible.replace(/\s+/g, ' ');
	const shown = [...ownTexts()].filter(
		(text) => lines.has(text) || (text.length >= MIN_SENTENCE_CHARS && whole.includes(text)),
	);
	// What is a part of another one may be the whole of a message that is not there.
	const isPart = (text: string) => shown.some((each) => each !== text && each.includes(text));
	const own = shown.filter((text) => lines.has(text) || !isPart(text)).toSorted();
	const noted = { ...readShownTexts(), [picture]: own };
	const inOrder = PICTURES.map((name) => [name, noted[name] ?? []]);
	writeFileSync(FILE, jsonText(Object.fromEntries(inOrder)));
}

/** Texts of several words, no expressions; of those with something filled in, what stands around it. */
export function ownTexts(): Set<string> {
	const parts = codeTexts().flatMap((text) => text.split(FILLED_IN));
	const isText = (part: string) => part.includes(' ') && !part.includes('{{');
	return new Set(parts.map((part) => part.trim()).filter(isText));
}
