import express, { type Express } from 'express';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiRouter } from './api.mts';
import { type Cdn, startCdn } from './cdn.mts';
import { siteNow } from './clock.mts';
import { dashboardRouter } from './dashboard/router.mts';
import { fastTest, type Settings } from './settings.mts';
import type { Simulator } from './types.mts';
import { World } from './world.mts';

export type { ApiCall } from './api-run.mts';
export { figuresOf, logCsv } from './delivery-log.mts';
export type { DeliveryAttempt, DeliveryFigures, Notification } from './delivery-log.mts';
export type { EmitOptions } from './emit.mts';
export type { FileRef, PageRef, Subject } from './event-subject.mts';
export { eventTypeOf, eventTypes, type EventType } from './event-types.mts';
export { buildEvent, mtEpochOffset } from './events.mts';
export type { EventRequest, EventSpec, SimulatedEvent } from './events.mts';
export type { Fault, FaultBody, FaultEffect, FaultMatch } from './faults.mts';
export type { Attachment, Page } from './pages.mts';
export type { HttpResponse } from '../http.mts';
export { startListener, type Listener, type PlannedResponse, type Received } from './listener.mts';
export { sendDelivery, type SingleDelivery } from './send-delivery.mts';
export { seedSite } from './seed.mts';
export { makeServerToken, readServerToken } from './server-token.mts';
export { fastTest, vendorGuess, type Settings } from './settings.mts';
export { signDelivery, type SignedParts } from './signing.mts';
export type { Change, PageKey } from './site-base.mts';
export type { FileChange, Site, UserChange } from './site.mts';
export type { Simulator } from './types.mts';
export { endOfLongTermToken } from './users.mts';
export type { WebhookState } from './webhooks.mts';

/** Starts a site; settings that are not given are those of the test profile. */
export async function startSimulator(given: Partial<Settings> = {}): Promise<Simulator> {
	const settings: Settings = { ...fastTest, ...given };
	const app = express().disable('x-powered-by').disable('etag');
	const server = await listen(app, settings.port);
	const cdn = await startCdn();
	const world = new World(settings, cdn);
	world.url = settings.publicUrl || addressOf(server);
	const simulator = facade(world, server, cdn);
	app.use((_request, response, next) => {
		response.setHeader('Date', siteNow(settings).toUTCString());
		next();
	});
	app.use(
		'/@api/deki',
		apiRouter({
			...{ settings, jwts: world.jwts, faults: world.faults, routes: world.routes },
			users: world.site.users,
			calls: world.apiCalls,
			closing: world.closing.signal,
		}),
	);
	app.use(dashboardRouter(simulator));
	return simulator;
}

function listen(app: Express, port: number): Promise<http.Server> {
	const { promise, resolve, reject } = Promise.withResolvers<http.Server>();
	const server = http.createServer(app);
	server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
	return promise;
}

function addressOf(server: http.Server): string {
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function facade(world: World, server: http.Server, cdn: Cdn): Simulator {
	const { url, settings, deliveries, site, faults, apiCalls, webhooks, emit } = world;
	const { longTermToken, readerJwt, editorJwt } = world;
	return {
		...{ url, settings, longTermToken, readerJwt, editorJwt, site, apiCalls, faults, emit, cdn },
		localUrl: addressOf(server),
		expireTokens: () => world.jwts.clear(),
		get serverToken() {
			const { tokenKey: key, tokenSecret: secret, runAsUser: user } = settings;
			return { key, secret, user };
		},
		get signingSecret() {
			return settings.signingSecret;
		},
		webhooks: () => webhooks.current.map((webhook) => webhook.state()),
		addWebhook: (hookUrl, authorizationHeader) => {
			webhooks.add(hookUrl, authorizationHeader, settings);
		},
		deliveries: deliveries.attempts.log,
		notifications: deliveries.attempts.notifications,
		pauseDeliveries: () => deliveries.pause(),
		resumeDeliveries: () => {
			site.endJobs();
			deliveries.resume();
		},
		get queue() {
			return { paused: deliveries.paused, pending: deliveries.pending };
		},
		enableWebhook: (id) => webhooks.find(id)?.enable(),
		disableWebhook: (id, reason) => webhooks.find(id)?.disable(reason),
		idle: (options) => deliveries.idle(options),
		close: async () => {
			world.closing.abort();
			const closed = new Promise((resolve) => server.close(resolve));
			server.closeAllConnections();
			await Promise.all([closed, deliveries.close(), cdn.close()]);
		},
	};
}
