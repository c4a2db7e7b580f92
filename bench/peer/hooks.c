// SPDX-License-Identifier: MIT
/* The hooks of gcc -finstrument-functions, empty: what only the calls of them cost. */
void __cyg_profile_func_enter(void *function, void *site) __attribute__((no_instrument_function));
void __cyg_profile_func_exit(void *function, void *site) __attribute__((no_instrument_function));

void __cyg_profile_func_enter(void *function, void *site) {
    (void)function, (void)site;
}
void __cyg_profile_func_exit(void *function, void *site) {
    (void)function, (void)site;
}
