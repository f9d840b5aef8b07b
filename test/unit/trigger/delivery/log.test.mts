import type { IWebhookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import {
	logFault,
	logLate,
	logMaybeSaved,
	logNotSaved,
	logRejection,
} from '../../../../nodes/CxoneExpert/trigger/delivery/log.ts';

/** A context that keeps what is logged. */
function logging(headers: Record<string, unknown> = {}) {
	const lines: Array<[level: string, text: string, more?: unknown]> = [];
	const to = (level: string) => (text: string, more?: unknown) =>
		lines.push(more === undefined ? [level, text] : [level, text, more]);
	const context = {
		logger: { warn: to('warn'), error: to('error') },
		getNode: () => ({ name: 'My Trigger' }),
		getHeaderData: () => headers,
	};
	return { lines, context: context as unknown as IWebhookFunctions };
}

describe('logRejection, logLate, logNotSaved, logMaybeSaved and logFault', () => {
	it('a rejection is logged with reason, delivery and node', () => {
		const { lines, context } = logging();
		logRejection(context, 'signature wrong', { 'x-nexus-delivery-id': 'd-1' });
		expect(lines).toEqual([
			['warn', 'CXone Expert delivery d-1 refused: signature wrong (node "My Trigger")'],
		]);
	});

	it('a late response is logged', () => {
		const { lines, context } = logging({ 'x-nexus-delivery-id': 'd-1' });
		logLate(context);
		expect(lines).toEqual([['warn', expect.stringMatching(/delivery d-1 told to retry/)]]);
	});

	it('an execution that n8n could not save is logged', () => {
		const { lines, context } = logging({ 'x-nexus-delivery-id': 'd-1' });
		logNotSaved(context);
		expect(lines).toEqual([
			['warn', expect.stringMatching(/delivery d-1 told to retry: n8n could not save/)],
		]);
	});

	it('an execution that n8n may have saved is logged with what is known of it', () => {
		const { lines, context } = logging({ 'x-nexus-delivery-id': 'd-1' });
		logMaybeSaved(context);
		expect(lines).toEqual([
			[
				'error',
				'CXone Expert delivery d-1: n8n may not have saved it; executions with the status queued run when n8n starts again. Look for the delivery under Executions.',
				{ node: 'My Trigger' },
			],
		]);
	});

	it.each([
		['nothing', undefined, '(no id)'],
		['one with a line break', 'a\r\nfake line', 'a??fake?line'],
	])('the log shows a safe delivery id for %s', (_case, id, shown) => {
		const { lines, context } = logging();
		logRejection(context, 'authorization wrong', { 'x-nexus-delivery-id': id } as never);
		expect(lines[0]?.[1]).toBe(
			`CXone Expert delivery ${shown} refused: authorization wrong (node "My Trigger")`,
		);
	});

	it('the log holds no secret of a rejected delivery', () => {
		const { lines, context } = logging();
		const headers = { authorization: 'Bearer SECRET', 'x-nexus-signature-256': 'sha256=SECRET' };
		logRejection(context, 'authorization wrong', headers);
		expect(JSON.stringify(lines)).not.toContain('SECRET');
	});

	it.each([
		['the kind of an error, not its words', new RangeError('SECRET'), 'RangeError'],
		['that something else was thrown', 'SECRET', 'string'],
	])('a fault of our own is logged with %s', (_case, error, kind) => {
		const { lines, context } = logging({ 'x-nexus-delivery-id': 'd-1' });
		logFault(context, error);
		expect(lines).toEqual([
			[
				'error',
				expect.stringContaining(`delivery d-1 could not be handled (${kind})`),
				{ node: 'My Trigger' },
			],
		]);
		expect(JSON.stringify(lines)).not.toContain('SECRET');
	});
});
