# a guest with an emulated TPM whose secret Nova has taken away after its start: it cannot start again, so it is not stopped
# long: run by src/dev/test --all, or by its name; making a TPM takes its time under emulation
name=instance-00000062
uuid=62626262-0000-4000-8000-000000000062
secret=62626262-7777-4000-8000-000000000062
cat >/tmp/secret.xml <<XML
<secret ephemeral='no' private='no'><uuid>$secret</uuid><usage type='vtpm'><name>$uuid</name></usage></secret>
XML
virsh -q secret-define /tmp/secret.xml >/dev/null || exit 1
virsh -q secret-set-value $secret "$(printf passphrase | base64)" >/dev/null 2>&1 || exit 1
trap 'virsh -q secret-undefine $secret >/dev/null 2>&1; remove_all_guests' EXIT
define_guest $name $uuid placed=1 render=/dev/dri/renderD128 tpm=$secret || exit 1
start_guest $name || exit 1
virsh -q secret-undefine $secret || exit 1
first=$(pid_of $name)

publish $name $uuid instance.create.end --format versioned || exit 1
# not a sweep's before: a line about Nova's task names its request
wait_for 120 "the daemon's word about Nova's task" says $name req-
wait_for_outcome 30 $name deferred
check "its outcome is deferred" equals deferred "$(outcome_of $name)"
check "the reason is that something is missing that its start needs" has_reason $name start-needs-missing
check "the daemon names the secret" says $name $secret
check "it runs" runs $name
check "it was not restarted" equals "$first" "$(pid_of $name)"
