import type { Questions } from '../question.mts';
import type { Session } from '../session.mts';
import { deliveries } from './deliveries.mts';
import { changes, drafts, failures, firstPage, removal } from './pages.mts';
import { reading } from './reading.mts';
import { disabling, registration, webhook } from './webhook.mts';

const writes = ({ seen }: Session) => seen.own.paths !== undefined;
const hasWebhook = ({ seen }: Session) => seen.webhookId !== undefined;

/** All questions in the order in which they are asked, and whether a run can ask them. */
export const parts: Array<[isAsked: (session: Session) => boolean, Questions]> = [
	[() => true, reading],
	[({ listener }) => listener !== undefined, registration],
	[hasWebhook, webhook],
	[writes, firstPage],
	[({ hasDrafts = false }) => hasDrafts, drafts],
	[writes, changes],
	[(session) => writes(session) && hasWebhook(session), failures],
	[writes, removal],
	[hasWebhook, disabling],
	[() => true, deliveries],
];

export const questions: Questions = Object.assign({}, ...parts.map(([, each]) => each)) as Questions;
