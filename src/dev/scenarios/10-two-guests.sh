# two guests with a render node, created while the daemon runs: each ends beside the GPU that it uses
define_two_guests
remember_placed_guest
start_guest_on 0 "$FREE" && publish_create "$FREE" "$FREE_UUID" || exit 1
start_guest "$PLACED" && publish_create "$PLACED" "$PLACED_UUID" || exit 1
wait_for_two_guests
placement "$PLACED"
placement "$FREE"
check_two_guests
