import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../n8n/runtime.mts';

/** Of the stills of the moving picture: step of README, by the words it begins with, and what to do. */
const STILLS = {
	nodesPanel: ['Add the trigger.', 'Add first step, type cxone, choose CXone Expert'],
	credential: ['Create the credential.', 'Enter Site URL and token: n8n tests both'],
	unsigned: ['Create the credential.', 'Further down turn on My Site Has No Signing Secret Yet'],
	chosen: ['Click *Execute step*.', 'The event is chosen. Click Execute step'],
	listening: ['Click *Execute step*.', 'Publish a page in Expert'],
	item: ['Click *Execute step*.', 'Its item is here: drag what you need'],
	published: ['Add what should happen', 'Publish: there is no URL to copy'],
} as const;

export type Still = keyof typeof STILLS;

/** In the order of the picture. */
export const stills = Object.keys(STILLS) as Still[];

/** Counts as README does, below the picture. */
export function captionOf(still: Still): string {
	const [step, text] = STILLS[still];
	const lines = readFileSync(join(projectRoot, 'README.md'), 'utf8').split('\n');
	const line = lines.find((each) => /^\d+\. /.test(each) && each.includes(` **${step}`));
	if (line === undefined) throw new Error(`README.md has no step "${step}"`);
	return `${parseInt(line)}. ${text}`;
}
