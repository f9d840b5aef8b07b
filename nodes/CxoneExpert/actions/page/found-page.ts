import type { XmlElement } from '../../transport/xml';
import type { OperationRun } from '../run';
import { existing } from './existing';

/** GET /pages/{id}/info of the page that the field "Page" names; says so when there is none. */
export async function foundPage(run: OperationRun): Promise<XmlElement> {
	const { key, words } = run.page();
	const call = { method: 'GET', path: `/pages/${key}/info`, doing: `look up ${words}` } as const;
	return existing(run, await run.expert.read(call, 'page'), words);
}
