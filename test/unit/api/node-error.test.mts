import { readdirSync, readFileSync } from 'node:fs';
import { NodeApiError, type INode } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { credentialRefusal, ExpertError, refusal } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import {
	type FailureCause,
	failureOf,
	nodeError,
	operationError,
	passedOn,
	shortened,
} from '../../../nodes/CxoneExpert/api/node-error.ts';

type Facts = ConstructorParameters<typeof ExpertError>[0];

const node = { name: 'CXone Expert', type: 'cxoneExpert' } as INode;
const says = { message: 'No pages are chosen', description: 'Choose one.' };
const http = (status: number, more: Partial<Facts> = {}) => new ExpertError({ kind: 'http-status', status, ...more });
const busy = http(503, { retryAfterMs: 5000 });

describe('failureOf', () => {
	const of = (kind: Facts['kind'], status?: number) => new ExpertError({ kind, status });
	const fromFirewall = (status: number) => http(status, { isWebPage: true });

	it.each<[cause: FailureCause, of: string, errors: ExpertError[]]>([
		[
			'credential-invalid',
			'a token that the site does not accept, and a setting of the credential',
			[http(401), of('anonymous'), credentialRefusal(says)],
		],
		['configuration-invalid', 'a setting of the node', [refusal(says), of('redirect', 302), of('too-large', 200)]],
		[
			'configuration-invalid',
			'what the site refuses for a reason, or lacks',
			[
				http(400, { siteMessage: 'Bad path' }),
				http(405, { lacksCall: true }),
				...[403, 404, 410, 409, 412, 413, 414, 431].map((status) => http(status)),
			],
		],
		[
			'rate-limited',
			'too many calls, also after a part was done',
			[http(429), fromFirewall(429), refusal(says).with({ failedCall: http(429) })],
		],
		[
			'temporarily-unavailable',
			'a site that does not respond, or without sense',
			[
				...[http(400), http(500), http(503), fromFirewall(403)],
				...[of('timeout'), of('budget-exceeded'), of('unreachable')],
				...[of('html', 200), of('unexpected', 200)],
			],
		],
	])('failureOf is "%s", which tells whether waiting helps, for %s', (cause, _of, errors) => {
		for (const error of errors) expect(failureOf(error), error.message).toEqual({ cause });
	});

	it.each([
		[429, 'rate-limited'],
		[503, 'temporarily-unavailable'],
	])('failureOf passes on how long the site asks to wait with %i', (status, cause) => {
		expect(failureOf(http(status, { retryAfterMs: 5000 }))).toEqual({ cause, retryAfterMs: 5000 });
	});
});

it('nodeError declares the cause, the status and what to do', () => {
	const error = nodeError(node, busy);
	expect(error).toBeInstanceOf(NodeApiError);
	expect(error).toMatchObject({
		message: busy.message,
		description: busy.description,
		httpCode: '503',
		failure: { cause: 'temporarily-unavailable', retryAfterMs: 5000 },
	});
});

/** Throws again what n8n has made of an error: that stays the same object. */
const PASSES_ON = 'actions/core/execute.ts';

it('only node-error.ts makes the errors that n8n gets, so each has a cause', () => {
	const root = new URL('../../../nodes/CxoneExpert/', import.meta.url);
	const makes = readdirSync(root, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.filter((file) => /\bnew Node(Api|Operation)Error\(/.test(readFileSync(new URL(file, root), 'utf8')));
	expect(makes.toSorted()).toEqual([PASSES_ON, 'api/node-error.ts']);
});

it.each(['IT/FilePermissions', 'HR/Preexisting conditions'])(
	'passedOn keeps a message with one of the codes of n8n in it: %s',
	(message) => {
		expect(passedOn(node, new Error(message))).toMatchObject({ message, messages: [] });
	},
);

it('shortened leaves 500 characters of a text', () => {
	expect(shortened('x'.repeat(500))).toBe('x'.repeat(500));
	expect(shortened('x'.repeat(501))).toBe(`${'x'.repeat(500)}…`);
});

describe("what n8n's editor shows as HTML", () => {
	const advice = { message: 'Contents are <b>', description: 'Write <p>R&D</p>.' };

	it.each([
		['of an error', () => nodeError(node, refusal(advice))],
		['where no call has failed', () => operationError(node, advice, 'configuration-invalid')],
	])('the description %s is escaped, the message is not', (_case, made) => {
		expect(made()).toMatchObject({
			message: 'Contents are <b>',
			description: 'Write &lt;p>R&amp;D&lt;/p>.',
		});
	});
});
