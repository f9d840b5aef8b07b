import { isText, notFound, type OutsideResponse, type OutsideService } from './service.mts';

const host = 'example.atlassian.net';

/** What a user enters in n8n's Jira credential. */
export const jiraCredential = {
	email: 'reporter@example.com',
	apiToken: 'jira-test-token',
	domain: `https://${host}`,
};

export const jiraProject = '10000';
export const jiraIssueType = '10002';

/**
 * Jira Cloud: the two calls that n8n makes to create an issue. Source:
 * https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issues/#api-rest-api-2-issue-post
 */
export function jira(): OutsideService {
	let issues = 0;
	const { email, apiToken } = jiraCredential;
	const basic = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;
	return {
		host,
		respond({ method, url, headers, body }) {
			if (headers.authorization !== basic) return { status: 401, json: {} };
			const call = `${method} ${new URL(url).pathname}`;
			if (call === 'GET /rest/api/2/issuetype') {
				return { status: 200, json: [{ id: jiraIssueType, name: 'Task', subtask: false }] };
			}
			if (call !== 'POST /rest/api/2/issue') return notFound;
			return refusalOf(body.fields) ?? created(++issues);
		},
	};
}

function created(number: number): OutsideResponse {
	const id = String(10_000 + number);
	const self = `https://${host}/rest/api/2/issue/${id}`;
	return { status: 201, json: { id, key: `DOC-${number}`, self } };
}

function refusalOf(fields: Record<string, any> = {}): OutsideResponse | undefined {
	const { project, issuetype, summary, description } = fields;
	const errors = {
		...(project?.id === jiraProject ? {} : { project: 'project is required' }),
		...(issuetype?.id === jiraIssueType ? {} : { issuetype: 'issue type is required' }),
		...(isSummary(summary) ? {} : { summary: 'one line of up to 255 characters' }),
		...(isText(description) ? {} : { description: 'must be a text' }),
	};
	if (Object.keys(errors).length === 0) return undefined;
	return { status: 400, json: { errorMessages: [], errors } };
}

function isSummary(summary: unknown): boolean {
	return (
		isText(summary) && summary.trim() !== '' && summary.length <= 255 && !/[\r\n]/.test(summary)
	);
}
