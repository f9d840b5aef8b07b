import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import express, { type Response } from 'express';
import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { Answer, type Outcome } from '../../nodes/CxoneExpert/trigger/delivery/answer.ts';
import { Deadline, DEADLINE } from '../../nodes/CxoneExpert/trigger/delivery/deadline.ts';

const items = [{ json: { deliveryId: 'd-1' } }];
const servers: Server[] = [];

afterEach(() => {
	vi.useRealTimers();
	for (const server of servers.splice(0)) server.closeAllConnections();
});

/** A real express application on this machine that handles each request like this. */
async function serve(
	handle: (answer: Answer, response: Response) => void,
	whenLate: () => void = () => {},
) {
	const application = express();
	application.use((request, response) => {
		// What n8n puts on each answer before it calls the node.
		response.setHeader('Content-Type', 'text/html');
		response.setHeader('X-Hint', 'n8n');
		const given = response as unknown as ReturnType<IWebhookFunctions['getResponseObject']>;
		handle(new Answer(given, new Deadline(), whenLate), response);
	});
	const server = createServer(application);
	servers.push(server);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return (server.address() as AddressInfo).port;
}

/** Everything that comes back over the connection, so that a second answer would be seen. */
async function raw(port: number, body = ''): Promise<string> {
	const socket = connect(port, '127.0.0.1');
	// Not ended: the server would take that for a client that has gone.
	socket.write(
		`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
	);
	const chunks: Buffer[] = [];
	for await (const chunk of socket) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

function headersOf(answer: string): Record<string, string> {
	const [head = ''] = answer.split('\r\n\r\n');
	const fields = head.split('\r\n').slice(1);
	return Object.fromEntries(
		fields.map((field) => {
			const [name = '', ...value] = field.split(': ');
			return [name.toLowerCase(), value.join(': ')];
		}),
	);
}

/** Counts what an outcome was told. */
function outcome(): Outcome & { told: string[] } {
	const told: string[] = [];
	const tell = (what: string) => () => void told.push(what);
	return {
		told,
		written: () => told.push('written') > 0,
		storing: tell('storing'),
		stored: tell('stored'),
		notStored: tell('not stored'),
	};
}

describe('an answer of our own', () => {
	it.each([200, 400, 401, 413, 503])('%i is empty and tells nothing', async (status) => {
		const port = await serve((answer) => answer.send(status));
		const answered = await raw(port, '<event/>');
		expect(answered).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
		expect(answered.split('\r\n\r\n')[1]).toBe('');
		const { date, connection, ...headers } = headersOf(answered);
		expect([typeof date, connection]).toEqual(['string', 'close']);
		expect(headers).toEqual({
			'content-length': '0',
			...(status === 503 ? { 'retry-after': '1' } : {}),
		});
	});

	it('goes out once: the first one counts', async () => {
		const port = await serve((answer) => {
			answer.send(401);
			answer.send(200);
			answer.sendAndReturn(503);
		});
		const answered = await raw(port);
		expect(answered.match(/HTTP\/1\.1/g)).toHaveLength(1);
		expect(answered).toMatch(/^HTTP\/1\.1 401 /);
	});

	it('tells n8n that there is no answer to give, and nothing to start', async () => {
		const returned: IWebhookResponseData[] = [];
		const port = await serve((answer) => returned.push(answer.sendAndReturn(401)));
		await raw(port);
		expect(returned).toEqual([{ noWebhookResponse: true }]);
		expect(returned[0]).not.toHaveProperty('workflowData');
	});

	it('can start the workflow afterwards', async () => {
		const returned: IWebhookResponseData[] = [];
		const port = await serve((answer) => returned.push(answer.sendAndReturn(200, items)));
		expect(await raw(port)).toMatch(/^HTTP\/1\.1 200 /);
		expect(returned).toEqual([{ noWebhookResponse: true, workflowData: [items] }]);
	});
});

describe('an answer that is left to n8n', () => {
	it('is 200 and empty when n8n sends what it read from the node', async () => {
		const seen = outcome();
		const returned: IWebhookResponseData[] = [];
		const port = await serve((answer, response) => {
			const result = answer.leaveToN8n(items, seen);
			returned.push(result);
			response.send(result.webhookResponse);
		});
		const answered = await raw(port);
		expect(answered).toMatch(/^HTTP\/1\.1 200 /);
		expect(headersOf(answered)).toMatchObject({ 'content-length': '0' });
		expect(headersOf(answered)).not.toHaveProperty('x-hint');
		expect(answered.split('\r\n\r\n')[1]).toBe('');
		expect(returned[0]?.workflowData).toEqual([items]);
		expect(new Set(seen.told)).toEqual(new Set(['storing', 'stored']));
	});

	it('counts as stored when n8n reads the response, and for good when n8n has saved static data', async () => {
		const seen = outcome();
		const port = await serve((answer, response) => {
			const result = answer.leaveToN8n(items, seen);
			expect(seen.told).toEqual([]);
			expect(result.webhookResponse).toBe('');
			expect(seen.told).toEqual(['storing']);
			response.end();
		});
		expect(await raw(port)).toMatch(/^HTTP\/1\.1 200 /);
		expect(seen.told).toEqual(['storing', 'stored']);
	});

	it.each([
		['json', (response: Response) => response.json({ message: 'Workflow was started' })],
		['send', (response: Response) => response.status(201).send('<p>hello</p>')],
		['end', (response: Response) => response.end('hello')],
	])('is 200 and empty although n8n answers with %s', async (_way, act) => {
		const seen = outcome();
		const port = await serve((answer, response) => {
			answer.leaveToN8n(items, seen);
			act(response);
		});
		const answered = await raw(port);
		expect(answered).toMatch(/^HTTP\/1\.1 200 /);
		expect(answered.split('\r\n\r\n')[1]).toBe('');
		expect(seen.told).toEqual(['stored']);
	});

	it.each([400, 404, 500, 503])('is 503 when n8n could not store it (%i)', async (status) => {
		const seen = outcome();
		const port = await serve((answer, response) => {
			answer.leaveToN8n(items, seen);
			response.status(status).json({ code: 0, message: 'secret', stacktrace: 'secret' });
		});
		const answered = await raw(port);
		expect(answered).toMatch(/^HTTP\/1\.1 503 /);
		expect(headersOf(answered)).toMatchObject({ 'content-length': '0', 'retry-after': '1' });
		expect(answered).not.toContain('secret');
		expect(seen.told).toEqual(['not stored']);
	});

	it('is 200 when n8n has written the execution and says nothing: it waits for a place', async () => {
		const seen = outcome();
		const port = await serve((answer) => {
			const { workflowData } = answer.leaveToN8n(items, seen);
			expect(workflowData?.[0]?.[0]?.binary).toBeUndefined();
			expect(seen.told).toEqual([]);
		});
		expect(await raw(port)).toMatch(/^HTTP\/1\.1 200 /);
		expect(seen.told).toEqual(['written']);
	});

	it("n8n's own answer falls silent then, and still tells that it is stored", async () => {
		const seen = outcome();
		const port = await serve((answer, response) => {
			const { workflowData } = answer.leaveToN8n(items, seen);
			expect(workflowData?.[0]?.[0]?.binary).toBeUndefined();
			response.once('finish', () => response.status(200).send('late'));
		});
		expect((await raw(port)).match(/HTTP\/1\.1/g)).toHaveLength(1);
		expect(seen.told).toEqual(['written', 'stored']);
	});

	it('ends the wait for the commit when n8n has said what became of it', async () => {
		const seen = outcome();
		let given: Response | undefined;
		const port = await serve((answer, response) => {
			const item = { json: {} };
			answer.leaveToN8n([item], seen);
			expect(Reflect.get(item, 'binary')).toBeUndefined();
			given = response;
			response.json({});
		});
		await raw(port);
		await new Promise((resolve) => setTimeout(resolve, 400));
		expect(given?.statusCode).toBe(200);
		expect(seen.told).toEqual(['stored']);
	});

	it('goes out once although n8n answers twice', async () => {
		const port = await serve((answer, response) => {
			answer.leaveToN8n(items, outcome());
			response.json({ first: true });
			response.status(500).json({ second: true });
		});
		expect((await raw(port)).match(/HTTP\/1\.1/g)).toHaveLength(1);
	});
});

describe('the deadline', () => {
	/** A request whose execution n8n is still storing when the time is over. */
	async function late(afterwards: (response: Response, result: IWebhookResponseData) => void) {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		const seen = outcome();
		let timesLate = 0;
		let begin = (_begun: [Response, IWebhookResponseData]) => {};
		const begun = new Promise<[Response, IWebhookResponseData]>((resolve) => (begin = resolve));
		const port = await serve(
			(answer, response) => {
				begin([response, answer.leaveToN8n(items, seen)]);
			},
			() => timesLate++,
		);
		const answered = raw(port);
		const [response, result] = await begun;
		await vi.advanceTimersByTimeAsync(DEADLINE - 1);
		expect(response.headersSent).toBe(false);
		await vi.advanceTimersByTimeAsync(1);
		expect(response.headersSent).toBe(true);
		expect(seen.told).toEqual([]);
		expect(timesLate).toBe(1);
		afterwards(response, result);
		return { text: await answered, told: seen.told };
	}

	it('leaves room within the second that Expert gives', () => {
		expect(DEADLINE).toBeLessThanOrEqual(700);
	});

	it('answers 503 while it is not known whether n8n stores it', async () => {
		const { text } = await late(() => {});
		expect(text).toMatch(/^HTTP\/1\.1 503 /);
		expect(headersOf(text)).toMatchObject({ 'retry-after': '1', 'content-length': '0' });
	});

	it("n8n's own answer then falls silent and still tells that it is stored", async () => {
		const { text, told } = await late((response, result) => {
			response.setHeader('X-Late', '1');
			response.header('Content-Type', 'text/plain').status(200).send(result.webhookResponse);
			response.json({ again: true });
		});
		expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
		expect(text).toMatch(/^HTTP\/1\.1 503 /);
		expect(new Set(told)).toEqual(new Set(['storing', 'stored']));
	});

	it("n8n's own error page then falls silent and tells that it is not stored", async () => {
		const { text, told } = await late((response) => response.status(500).json({ message: 'x' }));
		expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
		expect(told).toEqual(['not stored']);
	});

	it('is kept by work that goes on: its later answer falls silent, its items do not', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		let begin = (_answer: Answer) => {};
		const begun = new Promise<Answer>((resolve) => (begin = resolve));
		const port = await serve((answer) => begin(answer));
		const answered = raw(port);
		const answer = await begun;
		await vi.advanceTimersByTimeAsync(DEADLINE);
		expect(answer.sendAndReturn(200, items)).toMatchObject({ workflowData: [items] });
		expect(await answered).toMatch(/^HTTP\/1\.1 503 /);
	});

	it('changes nothing about an answer that has gone out, and nobody is told', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		let timesLate = 0;
		const port = await serve(
			(answer, response) => {
				answer.leaveToN8n(items, outcome());
				response.json({});
			},
			() => timesLate++,
		);
		const answered = raw(port);
		const text = await answered;
		await vi.advanceTimersByTimeAsync(DEADLINE * 2);
		expect(timesLate).toBe(0);
		expect(text).toMatch(/^HTTP\/1\.1 200 /);
	});

	it('within gives the result of work that ends in time, else nothing', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		const deadline = new Deadline();
		expect(await deadline.within(Promise.resolve('done'))).toBe('done');
		const never = deadline.within(new Promise<string>(() => {}));
		await vi.advanceTimersByTimeAsync(DEADLINE);
		expect(await never).toBeUndefined();
	});

	it('within passes on what goes wrong', async () => {
		await expect(new Deadline().within(Promise.reject(new Error('no')))).rejects.toThrow('no');
	});
});
