import { startSimulator } from '../simulator/index.mts';

/*
 * A site with a tree of many pages, in a process of its own: its work does not count as that of the node. `flat`: all
 * below one page, else at three levels. Prints where it is, and a token.
 */

const [shape, count = '20000'] = process.argv.slice(2);
const simulator = await startSimulator();
const { pages } = simulator.site;
const at = new Date();

function add(path: string): string {
	pages.add({ path, title: `Title of ${path}`, by: 'admin', at });
	return path;
}

const top = add('Tree');
const perGuide = 50;
let [category, guide] = [top, top];
for (let number = 1; number < Number(count); number++) {
	if (shape === 'flat') add(`${top}/Page_${number}`);
	else if (number % 1000 === 1) category = guide = add(`${top}/Category_${number}`);
	else if (number % perGuide === 2) guide = add(`${category}/Guide_${number}`);
	else add(`${guide}/Topic_${number}`);
}
console.log(JSON.stringify({ siteUrl: simulator.url, longTermToken: simulator.longTermToken }));
