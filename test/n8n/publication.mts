import { setTimeout as sleep } from 'node:timers/promises';
import type { RestSession } from './rest.mts';

/** What the editor shows about a published workflow; `failed` and `partial` name the triggers. */
export interface PublicationStatus {
	status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
	liveVersionId: string | null;
	pendingVersionId: string | null;
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

export async function publicationStatus(
	session: RestSession,
	workflowId: string,
): Promise<PublicationStatus> {
	return await session.rest('GET', `/workflows/${workflowId}/publication-status`);
}

/** n8n publishes and unpublishes in the background; this waits for the end of it. */
export async function settledPublication(
	session: RestSession,
	workflowId: string,
	timeoutMs: number,
): Promise<PublicationStatus> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const publication = await publicationStatus(session, workflowId);
		if (publication.status !== 'in_progress') return publication;
		if (Date.now() > deadline) throw new Error(`Workflow ${workflowId} is still being published`);
		await sleep(100);
	}
}
