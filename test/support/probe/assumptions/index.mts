import { readFileSync } from 'node:fs';
import type { Judges } from '../seen.mts';
import { apiJudges } from './api.mts';
import { eventJudges } from './events.mts';
import { feedJudges } from './feeds.mts';
import { webhookJudges } from './webhooks.mts';

export const judges: Judges = {
	...webhookJudges,
	...eventJudges,
	...apiJudges,
	...feedJudges,
};

/** A statement of docs/vendor-facts.md that is assumed, and one of those who judge it. */
interface Assumption {
	heading: string;
	/** Word for word. */
	statement: string;
	name: string;
	judge: Judges[string];
}

/** Everything that the probe judges, by headings of docs/vendor-facts.md in their order in it. */
export const assumptions: Assumption[] = read(new URL('statements.txt', import.meta.url));

/** `## heading`, and below it `statement => names`. */
function read(file: URL): Assumption[] {
	const [, ...parts] = readFileSync(file, 'utf8').split(/^## /m);
	return parts.flatMap((part) => {
		const [heading = '', ...lines] = part.trim().split('\n');
		return lines.flatMap((line) => {
			const [statement = '', names = ''] = line.split(' => ');
			return names.split(', ').map((name) => ({ heading, statement, name, judge: judges[name]! }));
		});
	});
}
