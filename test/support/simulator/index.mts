import express from 'express';
import http from 'node:http';
import { listenLocally } from '../local-server.mts';
import { withCheckedAllow } from './api/allow.mts';
import { archiveRoutes } from './api/archive.mts';
import { draftRoutes } from './api/drafts.mts';
import { fileRoutes } from './api/files.mts';
import { pageRoutes } from './api/pages.mts';
import { passageRoutes } from './api/passages.mts';
import { propertyRoutes } from './api/properties.mts';
import { reportRoutes } from './api/reports.mts';
import { siteTagRoutes } from './api/site-tags.mts';
import { siteRoutes } from './api/site.mts';
import { userRoutes } from './api/users.mts';
import { webhookRoutes } from './api/webhooks.mts';
import { dashboardRouter } from './dashboard.mts';
import { startCdn } from './http/cdn.mts';
import { handlersOf, siteDate } from './http/answer.mts';
import { apiRouter } from './http/router.mts';
import type { Transport } from './delivery/deliveries.mts';
import { fastTest, type Settings } from './settings.mts';
import { Simulator } from './simulator.mts';

export type { HttpResponse } from '../http.mts';
export type { DeliveryAttempt } from './delivery/deliveries.mts';
export { startListener } from './delivery/listener.mts';
export type { Listener, PlannedResponse } from './delivery/listener.mts';
export {
	deliveryHeaders,
	deliveryTimestamp,
	sendDelivery,
	signDelivery,
	type SingleDelivery,
} from './delivery/send.mts';
export type { EmitOptions } from './events/emit.mts';
export { buildEvent, type SimulatedEvent } from './events/event.mts';
export type { Subject } from './events/families.mts';
export { eventTypeOf, eventTypes } from './events/types.mts';
export type { ApiCall } from './http/call.mts';
export type { Fault, FaultEffect } from './http/faults.mts';
export { endOfLongTermToken, makeServerToken } from './http/tokens.mts';
export { fastTest, settingsFrom, vendorGuess, type Settings } from './settings.mts';
export type { Simulator } from './simulator.mts';
export type { Change } from './site/base.mts';
export type { Page } from './site/pages.mts';
export { seedSite, type Site } from './site/site.mts';
export type { WebhookState } from './site/webhooks.mts';

/** Calls that the nodes may make; with any other, their tests would fail. */
export const routes = [
	...webhookRoutes,
	...userRoutes,
	...pageRoutes,
	...propertyRoutes,
	...fileRoutes,
	...draftRoutes,
	...archiveRoutes,
	...siteRoutes,
	...passageRoutes,
	...siteTagRoutes,
	...reportRoutes,
].map(withCheckedAllow);

export const handlers = handlersOf(routes);

/**
 * Starts a site; settings that are not given are those of the test profile.
 *
 * @param transport takes its deliveries, in place of the site's own requests
 */
export async function startSimulator(given: Partial<Settings> = {}, transport?: Transport): Promise<Simulator> {
	const settings: Settings = { ...fastTest, ...given };
	const app = express().disable('x-powered-by').disable('etag');
	const server = await listenLocally(http.createServer(app), settings.port);
	const simulator = new Simulator(settings, { handlers, server, cdn: await startCdn(), transport });
	app.use((_request, response, next) => {
		response.set(siteDate(settings));
		next();
	});
	app.use('/@api/deki', apiRouter(simulator));
	app.use(dashboardRouter(simulator));
	return simulator;
}
