import './profiling.css';

const FORMATS: ReadonlyArray<[suffix: string, label: string, help: string]> = [
  ['html', 'HTML', 'One file with everything in it: opens in any browser, without Kindling'],
  ['perfetto.json', 'Perfetto', 'Chrome trace: for ui.perfetto.dev or chrome://tracing'],
  ['speedscope.json', 'speedscope', 'For speedscope.app'],
  ['pb.gz', 'pprof', 'For go tool pprof and what reads its format'],
];

/** The profile as a file to keep or to send. */
export function ExportLinks({ id }: { id: string }) {
  return (
    <span className="export-links"><span className="muted">save as</span>
      {FORMATS.map(([suffix, label, help]) => <a key={suffix} className="link" href={`/api/requests/${id}/profile.${suffix}`} title={help} download>{label}</a>)}
    </span>
  );
}
