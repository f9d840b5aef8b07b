import { describe, expect, it } from 'vitest';

import type { ApiFailure } from '../../../nodes/CxoneExpert/api/failure.ts';
import { type About, failedAt, readRoot, rootOf } from '../../../nodes/CxoneExpert/api/root.ts';
import { siteByPath } from '../../support/unit/site-by-path.mts';

const about: About = { task: 'add-event', subject: 'page_create' };

describe('failedAt', () => {
	it('failedAt names the task of a failure, and what it was about', () => {
		expect(failedAt(about, { kind: 'timeout' })).toEqual({
			ok: false,
			failure: { kind: 'timeout', task: 'add-event', subject: 'page_create' },
		});
	});

	it('failedAt keeps the task of an earlier call', () => {
		const earlier: ApiFailure = { kind: 'anonymous', task: 'check-token', subject: 'x' };
		expect(failedAt(about, earlier)).toEqual({ ok: false, failure: earlier });
	});
});

describe('rootOf', () => {
	const response = { status: 200, headers: {}, body: '' };

	it('rootOf gives the root of a document with this name', () => {
		const document = { name: 'page', root: { '@id': '1' } };
		expect(rootOf({ ok: true, value: { ...response, document } }, 'page', about)).toEqual({
			ok: true,
			value: { '@id': '1' },
		});
	});

	it.each([
		['another document', { name: 'pages', root: { page: [] } }],
		['no document', undefined],
	])('rootOf calls a success with %s unexpected, by its status', (_case, document) => {
		const value = { ...response, status: 201, ...(document && { document }) };
		expect(rootOf({ ok: true, value }, 'page', about)).toEqual({
			ok: false,
			failure: { kind: 'unexpected', status: 201, ...about },
		});
	});
});

describe('readRoot', () => {
	const call = { method: 'GET', path: '/pages/1', query: { include: 'tags' } } as const;

	it('readRoot makes the call and gives the root of the response', async () => {
		const { api, calls } = siteByPath({ '/pages/1': '<page id="1"/>' });
		expect(await readRoot(api, call, 'page', about)).toEqual({ ok: true, value: { '@id': '1' } });
		expect(calls).toEqual(['/pages/1?include=tags']);
	});

	it.each([
		['is refused', { status: 403 }, { kind: 'http-status', status: 403 }],
		['has no body', '', { kind: 'unexpected', status: 200 }],
		['has another document', '<html/>', { kind: 'html', status: 200 }],
	])('readRoot fails with its task when the call %s', async (_case, given, failure) => {
		const { api } = siteByPath({ '/pages/1': given });
		expect(await readRoot(api, call, 'page', about)).toEqual({
			ok: false,
			failure: { ...failure, ...about },
		});
	});
});
