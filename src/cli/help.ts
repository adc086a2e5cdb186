/** What `promethium --help` says. */

/** The help, without the newline at its end. */
export const HELP: string = `Usage: promethium serve --dir DIR [options]

Serves the metrics that all processes of a service keep in DIR, those of dead
processes included. None of them has to run, nor to serve anything itself.

Options:
  --dir DIR      the directory that the processes share;
                 $PROMETHEUS_MULTIPROC_DIR unless given. It need not be there yet
  --port N       the port to listen on, 0 for any that is free; 9464 unless given
  --host HOST    the address to listen on; every address unless given
  --path PATH    the path of the metrics; /metrics unless given
  --bearer-token-file FILE
                 asks for the token in FILE, as Prometheus' authorization sends it
  --tls-cert FILE, --tls-key FILE
                 speaks TLS alone, with this certificate and its key, in PEM
  --tls-client-ca FILE
                 lets in only clients with a certificate of these authorities
  --read-only    changes nothing in DIR: counts of dead processes are shown as ever,
                 but their files are not folded together
  --help         shows this
  --version      shows the version

SIGTERM and SIGINT end it, once scrapes that run are answered. Exit codes: 0 when
it was asked to end, 1 when it cannot serve, 2 when the command line makes no sense.`;
