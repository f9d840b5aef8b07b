/**
 * The layers of the source: `api ← event ← shared ← n8n ← {trigger, actions}`. See ARCHITECTURE.md.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
	forbidden: [
		{
			name: 'no-circles',
			comment: 'Two files that need each other are one idea, or hide a third.',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { circular: true },
		},
		{
			name: 'no-circles-in-tests',
			comment: 'A test double and its parts may know the types of each other, not the code.',
			severity: 'error',
			from: { path: '^test/' },
			to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
		},
		{
			name: 'api-stands-alone',
			comment: 'api is Expert over HTTP: it knows neither nodes nor screens.',
			severity: 'error',
			from: { path: '^nodes/CxoneExpert/api/' },
			to: { path: '^nodes/', pathNot: '^nodes/CxoneExpert/api/' },
		},
		{
			name: 'event-knows-what-expert-says',
			comment: 'What an event says knows neither how it has come nor what becomes of it.',
			severity: 'error',
			from: { path: '^nodes/CxoneExpert/event/' },
			to: { path: '^nodes/', pathNot: '^nodes/CxoneExpert/(api|event)/' },
		},
		{
			name: 'shared-knows-no-node',
			comment: 'What both nodes say knows neither of them.',
			severity: 'error',
			from: { path: '^nodes/CxoneExpert/shared/' },
			to: { path: '^nodes/', pathNot: '^nodes/CxoneExpert/(api|event|shared)/' },
		},
		{
			name: 'n8n-knows-no-node',
			comment:
				'What leans on undocumented behaviour of n8n knows neither who needs it nor for what.',
			severity: 'error',
			from: { path: '^nodes/CxoneExpert/n8n/' },
			to: { path: '^nodes/', pathNot: '^nodes/CxoneExpert/(api|event|shared|n8n)/' },
		},
		{
			name: 'one-folder-leans-on-n8n',
			comment: 'A reliance on n8n is looked for in one place: nodes/CxoneExpert/n8n/.',
			severity: 'error',
			from: { path: '^nodes/' },
			to: { path: '^nodes/.+/n8n/', pathNot: '^nodes/CxoneExpert/n8n/' },
		},
		{
			name: 'siblings-stay-apart',
			comment: 'trigger and actions never import each other: what both say lies in shared.',
			severity: 'error',
			from: { path: '^nodes/CxoneExpert/(trigger|actions)/' },
			to: { path: '^nodes/CxoneExpert/(trigger|actions)/', pathNot: '^nodes/CxoneExpert/$1/' },
		},
		{
			name: 'watch-knows-no-delivery',
			comment: 'A delivery tells and asks the watch; the watch knows no journey of a delivery.',
			severity: 'error',
			from: { path: '^nodes/CxoneExpert/trigger/watch/' },
			to: { path: '^nodes/CxoneExpert/trigger/delivery/' },
		},
		{
			name: 'one-file-knows-the-xml-library',
			severity: 'error',
			from: { path: '^nodes/', pathNot: '^nodes/CxoneExpert/api/xml\\.ts$' },
			to: { path: 'node_modules/fast-xml-parser' },
		},
		{
			name: 'nothing-at-run-time',
			comment: 'The package has no dependencies: n8n has n8n-workflow, the XML library is bundled.',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: {
				dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
				pathNot: 'node_modules/(n8n-workflow|fast-xml-parser|@types/)',
			},
		},
		{
			name: 'source-knows-no-test',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { path: '^test/' },
		},
		{
			name: 'suites-stand-alone',
			comment: 'What two suites need lies in test/support.',
			severity: 'error',
			from: { path: '^test/(?!support/)([^/]+)/' },
			to: { path: '^test/', pathNot: '^test/(support|$1)/' },
		},
		{
			name: 'support-knows-no-suite',
			severity: 'error',
			from: { path: '^test/support/' },
			to: { path: '^test/', pathNot: '^test/support/' },
		},
	],
	options: {
		tsConfig: { fileName: 'test/tsconfig.json' },
		// Types count, too: an import of a type is knowledge of its file.
		tsPreCompilationDeps: true,
		doNotFollow: { path: 'node_modules' },
		exclude: { path: '^dist/' },
	},
};
