import type { IExecuteFunctions, IHttpRequestOptions, INode } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { readList } from '../../../nodes/CxoneExpert/actions/results.ts';
import { ExpertSite, nodeError } from '../../../nodes/CxoneExpert/actions/site.ts';
import { ExpertError } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import { refuse } from '../../../nodes/CxoneExpert/actions/field.ts';

const PAGE = '<pages><page id="1"/><page id="2"/></pages>';

/** n8n, which sends its requests to `respond`; each credential is asked about again. */
function n8nWith(respond: (url: string) => string, signal?: AbortSignal): IExecuteFunctions {
	const longTermToken = `token-${Math.random()}`;
	return {
		getNode: () => ({ name: 'CXone Expert', type: 'cxoneExpert' }) as INode,
		getExecutionCancelSignal: () => signal,
		getCredentials: async () => ({
			siteUrl: 'https://site.example',
			authentication: 'jwt',
			longTermToken,
		}),
		helpers: {
			httpRequestWithAuthentication: async (_type: string, { url }: IHttpRequestOptions) => ({
				statusCode: 200,
				headers: {},
				body: url.includes('/users/current') ? '<user anonymous="false"/>' : respond(url),
			}),
		},
	} as unknown as IExecuteFunctions;
}

it('ExpertSite makes no further call once the execution is cancelled', async () => {
	const controller = new AbortController();
	const urls: string[] = [];
	const respond = (url: string) => {
		urls.push(url);
		controller.abort(new Error('cancelled'));
		return PAGE;
	};
	const site = await ExpertSite.connect(n8nWith(respond, controller.signal));
	const call = { path: '/pages', doing: 'list' };
	const list = readList(site, { ...call, root: 'pages', element: 'page' });
	await expect(list).rejects.toThrow('cancelled');
	expect(urls).toHaveLength(1);
});

it('ExpertSite shortens what a message repeats', async () => {
	const long = 'x'.repeat(2000);
	const texts = [
		() => refuse({ message: long, description: long }),
		() => {
			throw nodeError(
				n8nWith(() => PAGE).getNode(),
				new ExpertError({ kind: 'timeout', doing: long }),
			);
		},
	].map((refuse) => {
		try {
			return refuse();
		} catch (error) {
			const { message, description } = error as Error & { description?: string };
			return `${message} ${description}`;
		}
	});
	for (const text of texts) {
		expect(text).toContain('x'.repeat(400));
		expect(text.length).toBeLessThan(1300);
	}
});
