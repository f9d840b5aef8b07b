import { type ApiClient, ExpertClient, type HttpResponse } from '../../../nodes/CxoneExpert/api/client.ts';

/** A client of a site that has one response for each path; anything else is not found. */
export function siteByPath(responses: Record<string, string | Partial<HttpResponse>>): {
	api: ApiClient;
	/** Path and query of each call. */
	calls: string[];
} {
	const calls: string[] = [];
	const api = new ExpertClient(async ({ path, query = {} }) => {
		const search = new URLSearchParams(query as Record<string, string>);
		calls.push(search.size === 0 ? path : `${path}?${search.toString()}`);
		const response = responses[path] ?? { status: 404 };
		const given = typeof response === 'string' ? { body: response } : response;
		return { status: 200, headers: {}, body: '', ...given };
	}, []);
	return { api, calls };
}
