import express, { type Router } from 'express';
import type { Simulator } from '../simulator.mts';
import { runAction } from './actions.mts';
import { dashboardPage, sitePage } from './page.mts';

/** The web page at `/`, to look at the site and to change it; below it, the site's own pages. */
export function dashboardRouter(simulator: Simulator): Router {
	const router = express.Router();
	const { site } = simulator;
	router.get('/', ({ query: { done } }, response) => {
		const outcome = typeof done === 'string' ? done : '';
		response.type('html').send(dashboardPage(simulator, outcome).text);
	});
	router.get(['/dashboard/style.css', '/dashboard/live.js'], ({ path }, response) => {
		response.sendFile(path.replace('/dashboard/', ''), { root: import.meta.dirname });
	});
	router.post('/dashboard/action', express.urlencoded({ extended: false }), (request, response) => {
		try {
			const done = runAction(simulator, request.body as Record<string, string>);
			response.redirect(303, `/?${new URLSearchParams({ done }).toString()}`);
		} catch (error) {
			response
				.status(400)
				.type('html')
				.send(dashboardPage(simulator, (error as Error).message).text);
		}
	});
	router.get('/{*path}', (request, response) => {
		const page = site.pages.byPath(decodeURIComponent(request.path.slice(1)));
		if (!page) return response.status(404).type('text').send('No such page');
		return response.type('html').send(sitePage(page).text);
	});
	return router;
}
