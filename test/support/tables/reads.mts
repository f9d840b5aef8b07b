import type { Simulator } from '../simulator/index.mts';
import { partsOf } from '../simulator/xml.mts';

/** Reads before any write. */
export interface Read {
	/** E.g. `GET /pages/3/info`. */
	call: string;
	/** Among all calls, counted from 1. */
	position: number;
	/** Each element and attribute of the response. */
	parts: string[];
}

/** Whether the token is accepted: nothing of it is written. */
const TOKEN_CHECK = '/users/current';

/**
 * The calls before the first that writes.
 *
 * @param used the site that has got the calls
 * @param fresh a site as that one was before them: it is asked the same
 */
export async function readsOf(used: Simulator, fresh: Simulator): Promise<Read[]> {
	const first = used.apiCalls.findIndex(({ method }) => method !== 'GET');
	const reads: Read[] = [];
	for (const [index, call] of used.apiCalls.slice(0, first).entries()) {
		const path = pathOf(call);
		if (path === TOKEN_CHECK) continue;
		const { body } = await fresh.ask('GET', `${path}?${new URLSearchParams(call.query).toString()}`);
		reads.push({ call: `GET ${path}`, position: index + 1, parts: partsOf(body) });
	}
	return reads;
}

/**
 * Calls that change something, with the part of their bodies that is the same at each such site.
 */
export function writesOf({ apiCalls }: Simulator): string[] {
	return apiCalls
		.filter(({ method }) => method !== 'GET')
		.map((call) => JSON.stringify([call.method, pathOf(call), call.query, withoutTime(call.body)]));
}

/** Times in etags, and tokens that each site derives for itself. */
function withoutTime(body: string): string {
	return body.replace(/_ts[\w:-]+/g, '').replace(/(?<=<authorization-header>)[^<]+/g, 'derived');
}

/** Whether a text for people says that this part was missing, or what was looked for in it. */
export function isNamed(part: string, text: string): boolean {
	const [, named = ''] = /Missing in the response: ([\w./@-]+?)\.(?= |$)/.exec(text) ?? [];
	return named === part || named.startsWith(`${part}/`);
}

function pathOf({ path }: Simulator['apiCalls'][number]): string {
	return path.replace('/@api/deki', '');
}
