import express, { type Response, type Router } from 'express';
import { logCsv } from '../delivery-log.mts';
import type { Simulator } from '../types.mts';
import { runAction } from './actions.mts';
import { type ActionOutcome, dashboardPage } from './page.mts';
import { sitePage } from './site-page.mts';

/**
 * The web page at `/`: what the vendor's Dashboard shows (docs/vendor-facts.md#delivery-log), and
 * buttons to play with.
 */
export function dashboardRouter(simulator: Simulator): Router {
	const router = express.Router();
	const folder = import.meta.dirname;
	const show = (response: Response, outcome?: ActionOutcome) =>
		response.type('html').send(dashboardPage(simulator, outcome).text);
	router.get('/', ({ query }, response) => {
		const { done } = query;
		show(response, typeof done === 'string' ? { ok: true, text: done } : undefined);
	});
	router.get('/dashboard/style.css', (_request, response) =>
		response.sendFile('style.css', { root: folder }),
	);
	router.get('/dashboard/live.js', (_request, response) =>
		response.sendFile('live.js', { root: folder }),
	);
	for (const only of ['all', 'failures'] as const) {
		router.get(`/dashboard/deliveries-${only}.csv`, (_request, response) => {
			const csv = logCsv(simulator.deliveries, simulator.settings.csvHeaders, only);
			response.attachment(`deliveries-${only}.csv`).type('text/csv; charset=utf-8').send(csv);
		});
	}
	router.post('/dashboard/action', express.urlencoded({ extended: false }), (request, response) => {
		try {
			const done = runAction(simulator, request.body as Record<string, string>);
			response.redirect(303, `/?${new URLSearchParams({ done }).toString()}`);
		} catch (error) {
			show(response.status(400), { ok: false, text: (error as Error).message });
		}
	});
	router.get('/{*path}', (request, response) => {
		const path = decodeURIComponent(request.path.slice(1));
		const page = simulator.site.pages.byPath(path);
		if (!page) return response.status(404).type('text').send('No such page');
		return response.type('html').send(sitePage(page).text);
	});
	return router;
}
