import { type INode, NodeApiError } from 'n8n-workflow';

import type { ExpertError } from '../../api/expert-error';

type Failure = NonNullable<ConstructorParameters<typeof NodeApiError>[2]>['failure'];

/**
 * @param isPublish n8n then shows only the message
 */
export function failedPoll(node: INode, error: ExpertError, isPublish: boolean): NodeApiError {
	const { message, description, status } = error;
	return new NodeApiError(
		node,
		{},
		{
			...{ message: isPublish ? error.text : message, description, failure: failureOf(error)! },
			...(status === undefined ? {} : { httpCode: String(status) }),
		},
	);
}

/** For n8n's back-off: what waiting can mend, and what only a person can. */
function failureOf({ kind, status, retryAfterMs, isRefusal }: ExpertError): Failure {
	const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
	if (status === 429) return { cause: 'rate-limited', ...wait };
	if (kind === 'anonymous' || (isRefusal && status === 401)) return { cause: 'credential-invalid' };
	if (kind === 'refused' || kind === 'redirect' || isRefusal)
		return { cause: 'configuration-invalid' };
	return { cause: 'temporarily-unavailable', ...wait };
}
