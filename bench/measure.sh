# shellcheck shell=bash disable=SC2153,SC2154 # set by bench/run, which this file is a part of
# What bench/run measures, and how.

# --- measuring
cpu_ticks() { # of processes and their children
  local total=0 parent pid fields
  for parent in "$@"; do
    for pid in "$parent" $(pgrep -P "$parent"); do
      read -r -a fields < <(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null || echo 0)
      total=$((total + ${fields[11]:-0} + ${fields[12]:-0}))
    done
  done
  echo "$total"
}

record() { # what, server, requests per second, CPU microseconds a request
  echo "rate|$1|$2|$3|$4" >>"$work/measured"
}

per_second() { # of the output of wrk or h2load
  sed -n -e 's/^Requests\/sec: *\([0-9.]*\).*/\1/p' -e 's/^finished in .*, \([0-9.]*\) req\/s.*/\1/p'
}

# h2load may wait for ever for a server that has closed a connection: what takes half a minute too long is begun anew, once.
patiently() { # seconds, command…
  local limit=$(($1 + 30)) status=0
  shift
  timeout "$limit" taskset -c "$LOAD_CORE" "$@" || status=$?
  ((status == 124)) || return "$status"
  say "took more than $limit s and is begun anew: $*"
  timeout "$limit" taskset -c "$LOAD_CORE" "$@"
}

measure() { # what, server, its processes, command…
  local what=$1 server=$2 processes before after rate output begin nanos micros
  read -r -a processes <<<"$3"
  shift 3
  before=$(cpu_ticks "${processes[@]}")
  begin=$(date +%s%N)
  output=$("$@" 2>&1) || fail "$what $server: $output"
  nanos=$(($(date +%s%N) - begin))
  after=$(cpu_ticks "${processes[@]}")
  rate=$(per_second <<<"$output")
  [[ -n $rate ]] || fail "$what $server printed no rate: $output"
  if grep -Eq 'Non-2xx|Socket errors: connect [1-9]' <<<"$output" || grep -Eq '[1-9][0-9]* (failed|errored)' <<<"$output"; then
    say "$what $server: $(grep -E 'Non-2xx|Socket errors|requests:' <<<"$output" | tr '\n' ' ')"
  fi
  micros=$(awk -v t=$((after - before)) -v r="$rate" -v n="$nanos" 'BEGIN { printf "%.1f", (r > 0) ? t * 1e13 / (r * n) : 0 }')
  # The load generator has more to do for a handshake than a server: what a server can do is told by its CPU time.
  [[ $what != *CPU* ]] || rate=$(awk -v m="$micros" 'BEGIN { printf "%.1f", (m > 0) ? 1e6 / m : 0 }')
  record "$what" "$server" "$rate" "$micros"
}

over_h1() { # seconds, URL, further options
  local duration=$1 url=$2
  shift 2
  patiently "$duration" wrk -t1 -c"$CONNECTIONS" -d"$duration" "$@" "$url"
}

over_h2() { # seconds, URL
  patiently "$1" h2load -t1 -c16 -m16 -D"$1" "$2"
}

at_rate() { # seconds, requests a second of each client, URL, further options
  local duration=$1 a_client=$2 url=$3
  shift 3
  patiently "$duration" h2load "$@" -t1 -c16 -m16 -D"$duration" --rps="$a_client" "$url"
}

# Full handshakes of four clients that do nothing else, each one after the other.
handshakes() { # seconds, port, further options of openssl s_time
  local duration=$1 port=$2 begin client log=$work/handshakes clients=()
  shift 2
  begin=$(date +%s%N)
  for client in 1 2 3 4; do
    timeout $((duration + 30)) taskset -c "$LOAD_CORE" openssl s_time -new -time "$duration" -connect "localhost:$port" "$@" \
      >"$log.$client" 2>&1 &
    clients+=($!)
  done
  for client in "${clients[@]}"; do wait "$client" || { cat "$log".*; return 1; }; done
  sed -n 's/^\([0-9]*\) connections in [0-9]* real seconds.*/\1/p' "$log".* |
    awk -v nanos=$(($(date +%s%N) - begin)) '{ total += $1 } END { printf "Requests/sec: %.1f\n", total * 1e9 / nanos }'
}

# What is measured of each, for some seconds.
load_plain() { # seconds, server
  local size
  for size in "${sizes[@]}"; do over_h1 "$1" "http://127.0.0.1:${plain[$2]}/$size"; done
}

load_tls() {
  local size
  for size in "${sizes[@]}"; do over_h1 "$1" "https://localhost:${tls[$2]}/$size"; done
  if [[ $2 != varnish ]]; then
    over_h2 "$1" "https://localhost:${tls[$2]}/1024"
    if [[ $quick == no ]]; then
      at_rate "$1" 400 "https://localhost:${tls[$2]}/1024"
      at_rate "$1" 400 "https://localhost:${tls[$2]}/1024" --h1
    fi
  fi
  handshakes 2 "${tls[$2]}" -CAfile "$work/state/customer-ca.pem"
}

load_whole() {
  over_h1 "$1" "https://localhost:${whole[$2]}/1024"
  over_h2 "$1" "https://localhost:${whole[$2]}/1024"
}

load_logged() {
  over_h1 "$1" "https://localhost:${logged[$2]}/1024"
}

load_pair() {
  local size
  for size in "${inner_sizes[@]}"; do over_h1 "$1" "https://localhost:${pair[$2]}/$size"; done
  handshakes 2 "${mtls[$2]}" "${as_edge[@]}"
}

# A client may use a stored object at once only if all of it is there: one request of each size first. All come twice, since
# connections that have ended meanwhile, and begin anew, are another thing that a JVM has to have seen.
warm() {
  local pass server size trusted=(--cacert "$work/state/customer-ca.pem")
  # The certificate of the issuing CA goes with the client's own where it is among the trusted ones.
  cat "$work"/state/nodes/edge-1/{trust,chain}.pem >"$work/edge-ca.pem"
  as_edge=(-CAfile "$work/edge-ca.pem" -cert "$work/state/nodes/edge-1/chain.pem" -key "$work/state/nodes/edge-1/key.pem")
  for size in "${sizes[@]}"; do
    for server in "${!plain[@]}"; do await "$server" "$work/$server.log" "http://127.0.0.1:${plain[$server]}/$size"; done
    for server in "${!tls[@]}"; do await "$server" "$work/$server-tls.log" "${trusted[@]}" "https://localhost:${tls[$server]}/$size"; done
  done
  for server in "${!logged[@]}"; do
    await "$server" "$work/$server-logged.log" "${trusted[@]}" "https://localhost:${logged[$server]}/1024"
  done
  [[ $quick == yes ]] || await quickstart "$work/quickstart.log" --insecure "https://localhost:${whole[sallyport]}/1024"
  for size in "${inner_sizes[@]}"; do
    for server in "${!pair[@]}"; do
      await "$server pair" "$work/$server-pair.log" "${trusted[@]}" "https://localhost:${pair[$server]}/$size"
    done
  done
  for pass in 1 2; do
    for server in "${!plain[@]}"; do warm_up plain "$server" "${pid_of[$server.plain]}"; done
    for server in "${!tls[@]}"; do warm_up tls "$server" "${pid_of[$server.tls]}"; done
    for server in "${!logged[@]}"; do warm_up logged "$server" "${pid_of[$server.logged]}"; done
    for server in "${!whole[@]}"; do warm_up whole "$server" "${pid_of[$server.whole]}"; done
    for server in "${!pair[@]}"; do warm_up pair "$server" "${pid_of[$server.inner]} ${pid_of[$server.outer]}"; done
    [[ $quick == no ]] || break
  done
}

# How many milliseconds the compilers of JVMs have worked so far.
compiled() { # processes
  local process
  for process in "$@"; do
    "${java%java}jcmd" "$process" PerfCounter.print 2>/dev/null | sed -n 's/^java.ci.totalTime=//p'
  done | awk '{ total += $1 } END { print int(total / 1000000) }'
}

pin() { # processes
  local process
  for process in "$@"; do taskset -apc "$SERVER_CORE" "$process" >/dev/null; done
}

# Ours until their compilers have next to nothing left to do, and long enough for what is hot to have been counted as such;
# the JVMs have both cores meanwhile.
warm_up() { # what is measured, server, its processes
  local what=$1 server=$2 least=$((turns / 2)) processes process turn begin before after share=100
  read -r -a processes <<<"$3"
  if [[ $server != sallyport && $server != bare ]]; then
    ((pass > 1)) || "load_$what" 1 "$server" >/dev/null
    pin "${processes[@]}" # Traffic Server gives its thread all cores when it starts
    return
  fi
  [[ $what != pair ]] || least=$turns # two JVMs, which share the turns
  for process in "${processes[@]}"; do taskset -apc "$SERVER_CORE,$LOAD_CORE" "$process" >/dev/null; done
  before=$(compiled "${processes[@]}")
  for ((turn = 1; turn <= turns && (turn <= least || share >= 4); turn++)); do
    begin=$(date +%s%3N)
    "load_$what" 2 "$server" >/dev/null
    after=$(compiled "${processes[@]}")
    share=$(((after - before) * 100 / ($(date +%s%3N) - begin)))
    before=$after
  done
  pin "${processes[@]}"
  say "$server $what: after $((turn - 1)) turns of warming up its compilers take $share % of a core"
}

round() {
  local server size
  for size in "${sizes[@]}"; do
    for server in "${!plain[@]}"; do
      measure "plain h1 $size" "$server" "${pid_of[$server.plain]}" \
        over_h1 "$seconds" "http://127.0.0.1:${plain[$server]}/$size"
    done
    for server in "${!tls[@]}"; do
      measure "TLS h1 $size" "$server" "${pid_of[$server.tls]}" \
        over_h1 "$seconds" "https://localhost:${tls[$server]}/$size"
    done
  done
  for server in sallyport nginx trafficserver haproxy; do
    measure "TLS h2 1024" "$server" "${pid_of[$server.tls]}" \
      over_h2 "$seconds" "https://localhost:${tls[$server]}/1024"
  done
  for server in "${!whole[@]}"; do
    measure "quickstart, TLS h1 1024" "$server" "${pid_of[$server.whole]}" \
      over_h1 "$seconds" "https://localhost:${whole[$server]}/1024"
    measure "quickstart, TLS h2 1024" "$server" "${pid_of[$server.whole]}" \
      over_h2 "$seconds" "https://localhost:${whole[$server]}/1024"
  done
  for server in "${!logged[@]}"; do
    measure "TLS h1 1024, access log on" "$server" "${pid_of[$server.logged]}" \
      over_h1 "$seconds" "https://localhost:${logged[$server]}/1024"
  done
  for size in "${inner_sizes[@]}"; do
    for server in "${!pair[@]}"; do
      measure "edge miss, regional hit $size" "$server" "${pid_of[$server.inner]} ${pid_of[$server.outer]}" \
        over_h1 "$seconds" "https://localhost:${pair[$server]}/$size"
    done
  done
  for server in "${!tls[@]}"; do
    measure "new TLS connections in a second of CPU" "$server" "${pid_of[$server.tls]}" \
      handshakes "$connecting" "${tls[$server]}" -CAfile "$work/state/customer-ca.pem"
  done
  for server in "${!mtls[@]}"; do
    measure "new mTLS connections in a second of CPU" "$server" "${pid_of[$server.inner]}" \
      handshakes "$connecting" "${mtls[$server]}" "${as_edge[@]}"
  done
  for server in sallyport trafficserver nginx; do
    latency 'TLS h1 1024' "$server" --h1
    latency 'TLS h2 1024' "$server"
  done
}

# How long answers take while all get the same number of requests a second: half of what the slowest of them can do.
latency() { # what, server, further options of h2load
  local what=$1 server=$2 a_client log=$work/latency
  shift 2
  a_client=$(awk -F'|' -v what="$what" '$1 == "rate" && $2 == what && ($3 == "sallyport" || $3 == "trafficserver" || $3 == "nginx") &&
    (least == 0 || $4 < least) { least = $4 } END { print int(least / 2 / 16) }' "$work/measured")
  rm -f "$log"
  at_rate "$seconds" "$a_client" "https://localhost:${tls[$server]}/1024" --log-file="$log" "$@" >/dev/null
  cut -f3 "$log" | sort -n | awk -v what="$what" -v server="$server" -v rate=$((a_client * 16)) '{ micros[NR] = $1 }
    END { print "latency|" what "|" server "|" rate "|" micros[int((NR + 1) / 2)] "|" micros[int(NR * 0.99)] }' >>"$work/measured"
}

# The longest time for which the JVM held all threads of our gate, which has as much to do as it can for a minute.
pauses() {
  local log=$work/sallyport-tls.safepoints before
  before=$(wc -l <"$log")
  over_h1 60 "https://localhost:${tls[sallyport]}/1024" >/dev/null
  tail -n +"$((before + 1))" "$log" | sed -n 's/.* Total: *\([0-9]*\) ns.*/\1/p' |
    awk '{ if ($1 > most) most = $1; n++ } END { printf "pause|%d pauses|sallyport|%.2f\n", n, most / 1e6 }' >>"$work/measured"
}

# KiB of the memory of a server's process and its children, and of what it has in files, which the kernel keeps in memory.
resident() { # server
  local pid files=() stored=0
  for pid in "${pid_of[$1.plain]}" $(pgrep -P "${pid_of[$1.plain]}"); do files+=("/proc/$pid/status"); done
  case $1 in
    nginx) stored=$(du -sk "${shm[0]}" | cut -f1) ;;
    trafficserver) stored=$(du -sk "$work/trafficserver/cache" | cut -f1) ;;
  esac
  cat "${files[@]}" 2>/dev/null | awk -v stored="$stored" '/^VmRSS:/ { total += $2 } END { print total + stored }'
}

# Has each object asked for once. wrk goes to sleep for as long as it was given, even when its script has stopped: it is woken.
ask_for_all() { # server
  local asked=$work/asked deadline=$((SECONDS + 1800)) asking
  rm -f "$asked"
  OBJECTS=$objects ASKED=$asked taskset -c "$LOAD_CORE" wrk -t1 -c32 -d3600 -s "$work/all.lua" "http://127.0.0.1:${plain[$1]}/" \
    >/dev/null &
  asking=$!
  until [[ -f $asked ]]; do
    ((SECONDS < deadline)) || fail "$1 has not answered $objects requests in half an hour" "$work/$1.log"
    sleep 0.1
  done
  kill -INT "$asking"
  wait "$asking" || true
}

# What a stored object of 1 KiB takes, and what hits cost among many objects and over many connections.
growth() {
  local server before after count connections begin ticks
  cat >"$work/all.lua" <<'EOF'
local n = 0
local all = tonumber(os.getenv("OBJECTS"))
request = function() n = n + 1; return wrk.format(nil, "/object/" .. n) end
response = function() if n >= all then io.open(os.getenv("ASKED"), "w"):close(); wrk.thread:stop() end end
EOF
  cat >"$work/hits.lua" <<'EOF'
request = function() return wrk.format(nil, "/object/" .. math.random(tonumber(os.getenv("OBJECTS")))) end
EOF
  for server in sallyport trafficserver nginx varnish; do
    before=$(resident "$server")
    begin=$(date +%s%N) ticks=$(cpu_ticks "${pid_of[$server.plain]}")
    ask_for_all "$server"
    awk -v nanos=$(($(date +%s%N) - begin)) -v ticks=$(($(cpu_ticks "${pid_of[$server.plain]}") - ticks)) -v n="$objects" \
      -v server="$server" 'BEGIN { printf "rate|fetched and stored, plain h1 1024|%s|%.1f|%.1f\n", server, n * 1e9 / nanos, ticks * 1e4 / n }' \
      >>"$work/measured"
    say "$objects objects in $server after $((($(date +%s%N) - begin) / 1000000000)) s"
    # What is kept in memory may be told by what is asked for again.
    ask_for_all "$server"
    after=$(resident "$server")
    echo "memory|$objects|$server|$(((after - before) * 1024 / objects))" >>"$work/measured"
    # To be filled is another thing than to be read, for a JVM.
    OBJECTS=$objects over_h1 20 "http://127.0.0.1:${plain[$server]}/" -s "$work/hits.lua" >/dev/null
    for ((count = 1000; count <= objects; count *= 10)); do
      OBJECTS=$count measure "hits among $count objects, plain h1" "$server" "${pid_of[$server.plain]}" \
        over_h1 "$seconds" "http://127.0.0.1:${plain[$server]}/" -s "$work/hits.lua"
    done
    for connections in 10 1000 10000; do
      measure "$connections connections, plain h1 1024" "$server" "${pid_of[$server.plain]}" \
        patiently "$seconds" wrk -t1 -c"$connections" -d"$seconds" "http://127.0.0.1:${plain[$server]}/1024"
    done
  done
}

# What the steps of a hit cost among 1,000, 100,000 and 1,000,000 objects.
steps() {
  say 'steps of a hit'
  # JMH starts JVMs of its own, which find no classes in a jar of jars.
  "$java" -Djarmode=tools -jar "$root/bench/target/bench.jar" extract --destination "$work/bench" >/dev/null
  {
    echo '```'
    "$java" --enable-native-access=ALL-UNNAMED -jar "$work/bench/bench.jar" cache-steps 2>&1 | sed -n '/^Benchmark/,$p' |
      grep -Ev ':gc\.(count|time)|alloc\.rate ' # what is left: time, and octets allocated
    echo '```'
  } >"$work/steps"
}
