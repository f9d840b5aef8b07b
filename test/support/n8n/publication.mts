import { waitFor } from '../wait.mts';
import { N8nApiError, type RestSession } from './rest.mts';

/** What the editor shows about a published workflow; `failed` and `partial` name the triggers. */
export interface PublicationStatus {
	status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
	triggers: Array<{
		nodeId: string;
		status: 'activated' | 'failed';
		/** Only the message of the thrown error; n8n drops its description here. */
		errorMessage: string | null;
	}>;
}

/** Publishing did not succeed. The message holds what the user would read. */
export class PublicationFailed extends Error {
	readonly publication: PublicationStatus;

	constructor(publication: PublicationStatus) {
		const reasons = publication.triggers.flatMap(({ errorMessage }) => errorMessage ?? []);
		super(`Publishing ended as "${publication.status}": ${reasons.join('; ')}`);
		this.publication = publication;
	}
}

/**
 * Undefined on the legacy engine, the only one of old versions of n8n: it registers before it
 * responds to the call that publishes, and keeps no status.
 */
export async function publicationStatus(
	session: RestSession,
	workflowId: string,
): Promise<PublicationStatus | undefined> {
	try {
		return await session.rest('GET', `/workflows/${workflowId}/publication-status`);
	} catch (error) {
		if (error instanceof N8nApiError && error.status === 404) return undefined;
		throw error;
	}
}

/** n8n that was killed while it published a workflow waits for two minutes before it does it again. */
const SETTLED_TIMEOUT_MS = 300_000;

/**
 * n8n publishes and unpublishes in the background; this waits for the end of it, then reads once more:
 * n8n reads at the same time whether it is done and what came of it, so the first status after the end
 * can hold what was before ("not_published" of a workflow that is published by now).
 */
export async function settledPublication(
	session: RestSession,
	workflowId: string,
	timeoutMs = SETTLED_TIMEOUT_MS,
): Promise<PublicationStatus | undefined> {
	const what = `workflow ${workflowId} is published or unpublished`;
	const read = async () => {
		const publication = await publicationStatus(session, workflowId);
		return publication?.status === 'in_progress' ? undefined : { publication };
	};
	const settled = async () => await waitFor(what, read, { timeoutMs, intervalMs: 100 });
	await settled();
	return (await settled()).publication;
}
