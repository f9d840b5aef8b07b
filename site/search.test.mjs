import { equal, ok } from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import MiniSearch from 'minisearch';
import { SITE } from './pages.mts';
import { searchOptions } from './search.mjs';

/* What people type, and what they find first. Run after `npm run build`; LIST=1 prints the first four. */

const firstHits = {
	'docs/troubleshooting': {
		'the-webhook-is-disabled': ['webhook disabled', 'the webhook is disabled', 'disabled'],
		'nothing-arrives-the-workflow-does-not-start': ['nothing arrives', 'does not start'],
		'expert-cannot-reach-n8n-webhook_url': ['WEBHOOK_URL', 'webhook url', 'localhost'],
		'no-webhook-at-the-site-or-404-in-the-dashboard': ['no webhook'],
		'deliveries-are-refused-400-401-413': ['401', 'signature wrong', '413'],
		'the-token-has-expired-or-expert-responds-401-403-404-429': [
			...['token expired', 'expired', '403', 'permission denied', '429', 'rate limit'],
		],
		'503-or-timeout-n8n-is-too-slow': ['503', 'timeout', 'too late', 'slow'],
		'duplicates-an-event-ran-twice': ['duplicate', 'duplicates', 'twice', 'redelivered'],
		'publishing-fails': ['publish fails', 'publishing fails'],
		'webhooks-are-not-enabled-or-no-admin-role': ['webhooks not enabled', 'admin role'],
		'loop-the-workflow-starts-itself-by-its-own-changes': ['loop', 'own changes'],
		'send-a-test-delivery': ['test delivery', 'certificate'],
		'the-item-has-no-title-or-no-page': ['no title'],
		'still-stuck-get-help': ['support', 'help'],
	},
	'': { 'getting-started-your-first-event': ['getting started'], install: ['install'] },
	'docs/trigger': { polling: ['polling'] },
	'docs/events': {
		'all-event-types': ['deleted page'],
		'new-pages-page-published-first-time': ['new page', 'first time'],
	},
	'docs/operations': {
		draft: ['draft'],
		page: ['append'],
		'as-a-tool-of-an-ai-agent': ['agent', 'ai agent'],
	},
	'docs/credential': {
		'get-an-api-token': ['api token'],
		'get-the-signing-secret': ['signing secret'],
	},
	'docs/reliability': { 'missed-changes-are-recovered': ['missed events', 'recovered'] },
	'docs/operating': {
		'moving-to-n8n-3': ['n8n 3', 'upgrade n8n'],
		'stop-restart-kill': ['restart n8n'],
		'alerts-monitoring-status-page': ['monitoring', 'status page'],
	},
	'examples/deploy/': { 'put-it-together-in-queue-mode': ['queue mode'] },
	'examples/workflows/': {
		'recipes-workflow-templates-to-import': ['template', 'recipes'],
		'new-page-to-slack-and-microsoft-teams': ['slack'],
		'pages-updated-by-others-to-microsoft-teams': ['teams'],
	},
};

/** Whole questions, and where their answer is: the first or the second hit. */
const questions = {
	// Of a trial.
	'How do I get a token?': 'docs/credential#get-an-api-token',
	'Where do I find the signing secret?': 'docs/credential#get-the-signing-secret',
	'How do I send a message to Teams?': 'examples/workflows/#pages-updated-by-others-to-microsoft-teams',
	'How do I send new pages to Jira?': 'examples/workflows/#new-page-to-jira',
	'How do I get new pages but not drafts?': 'docs/events#new-pages-page-published-first-time',
	'Only pages below a folder': 'docs/trigger#filters',
	'Why has the webhook stopped working?': 'docs/troubleshooting#the-webhook-is-disabled',
	'The signature is wrong, what do I do?': 'docs/troubleshooting#deliveries-are-refused-400-401-413',
	'How do I read a page as Markdown?': 'docs/operations#page',
	'How do I build a chatbot?': 'docs/operations#agents-to-import',
	'Can I use it with MCP and Claude?': 'examples/workflows/#expert-as-an-mcp-server',
	'How do I get a weekly report?': 'examples/workflows/#weekly-digest-by-mail',
	'Can I undo an edit?': 'examples/workflows/#ai-reviews-each-edit',
	'Is there a rate limit?': 'docs/troubleshooting#the-token-has-expired-or-expert-responds-401-403-404-429',
	'Does it work on my laptop with localhost?': 'docs/troubleshooting#expert-cannot-reach-n8n-webhook_url',
	// Of ours.
	'How do I run it in Docker?': '#install',
	'What happens when n8n restarts?': 'docs/operating#stop-restart-kill',
	'Why does the workflow run twice?': 'docs/troubleshooting#duplicates-an-event-ran-twice',
	'How do I rotate the signing secret?': 'docs/credential#change-the-credential-rotate-a-secret',
	'Which events are there?': 'docs/events#events',
	'How do I leave out my own changes?': 'docs/troubleshooting#loop-the-workflow-starts-itself-by-its-own-changes',
	'How often does polling ask the site?': 'docs/trigger#polling',
	'Do I need to be an admin?': '#which-trigger',
	'Can I restore a deleted page?': 'docs/operations#archived-page',
	'How do I upload a file?': 'docs/operations#file',
	'Why is there no title in the item?': 'docs/troubleshooting#the-item-has-no-title-or-no-page',
	'How do I test it without a site?': '#try-it-without-a-site-or-contribute',
	'Does it work in queue mode?': 'examples/deploy/#n8n-in-queue-mode',
	'How do I see whether all is well?': 'docs/operations#what-check-health-gives',
	'What gets lost when n8n is down?': 'docs/reliability#missed-changes-are-recovered',
};

const [built] = globSync('.vitepress/dist/assets/chunks/@localSearchIndexroot.*.js', {
	cwd: import.meta.dirname,
});
const { default: index } = await import(join(import.meta.dirname, built));
const search = MiniSearch.loadJSON(index, {
	...{ fields: ['title', 'titles', 'text'], storeFields: ['title', 'titles'], searchOptions },
});
const { pathname: base } = new URL(SITE);

for (const [page, parts] of Object.entries(firstHits)) {
	for (const [anchor, all] of Object.entries(parts)) {
		for (const words of all) {
			it(`"${words}" finds ${page}#${anchor} first`, () => {
				const found = search.search(words).map(({ id }) => id);
				if (process.env.LIST) console.log([words, ...found.slice(0, 4)].join(' | '));
				equal(found[0], `${base}${page}#${anchor}`);
			});
		}
	}
}

for (const [question, answer] of Object.entries(questions)) {
	it(`"${question}" finds ${answer} first or second`, () => {
		const found = search.search(question).map(({ id }) => id);
		if (process.env.LIST) console.log([question, ...found.slice(0, 4)].join(' | '));
		ok(found.slice(0, 2).includes(`${base}${answer}`), `finds ${found.slice(0, 5).join(', ')}`);
	});
}
