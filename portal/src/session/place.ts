/** The page to come back to after signing in travels in the address, so that a reload of the sign-in page keeps it. */
const parameter = "next";

export function signInPath(place: { pathname: string; search: string } | undefined): string {
  const next = place ? place.pathname + place.search : "/";
  return next === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ [parameter]: next })}`;
}

/** Only a path of this portal is taken: `//host` and `/\host` would leave it. */
export function placeAfterSignIn(search: URLSearchParams): string {
  const next = search.get(parameter) ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}
