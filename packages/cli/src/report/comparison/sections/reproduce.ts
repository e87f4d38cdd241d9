import { shellWord } from '../../format.ts';
import { html } from '../../html.ts';
import { type Section, section, table } from '../../sections/section.ts';
import type { ComparisonPage } from '../load.ts';

export function reproduceSection({ comparison }: ComparisonPage): Section {
  const { baseline, candidates } = comparison;
  const runs = [baseline, ...candidates.map(({ run }) => run)];
  const dirs = runs.map(({ dir }) => shellWord(dir)).join(' ');
  return section(
    'reproduce',
    'Reproduce it',
    html`<p>Runs with the same market key had the same market paths. The same config, seed and version give the same digest, with any number of workers.</p>
<dl class="facts">
<dt>Market key</dt><dd><code>${baseline.manifest.marketKey}</code></dd>
</dl>`,
    table({
      caption: 'Runs that were compared',
      head: ['Run', 'Digest', 'Made by'],
      rows: runs.map(({ label, summary, manifest }) => [
        label,
        html`<code>${summary.digest}</code>`,
        `ergodic ${manifest.versions.ergodic}, Node ${manifest.versions.node}`,
      ]),
      text: [1, 2],
    }),
    html`<h3>Commands</h3><pre><code>ergodic compare ${dirs}
ergodic report ${dirs}
${runs.map(({ dir }) => `ergodic report ${shellWord(dir)}`).join('\n')}</code></pre>`,
  );
}
