import { Title } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/**
 * The title of a page: names the browser tab, and takes the focus when the page was reached inside the portal,
 * so that a screen reader says where it is and the tab key goes on from there. A page with a form gives the focus to the
 * form instead (`takesFocus={false}`).
 */
export function PageHeading({ title, takesFocus = true }: { title: string; takesFocus?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // React Router gives the first page of a visit the key "default"; there the browser's own start is right.
  const arrivedInside = useLocation().key !== "default";
  const focusOnArrival = useRef(takesFocus && arrivedInside);

  useEffect(() => {
    if (focusOnArrival.current) heading.current?.focus({ preventScroll: true });
  }, []);

  return (
    <>
      <title>{`${title} · Anymeter`}</title>
      <Title order={1} ref={heading} tabIndex={-1}>
        {title}
      </Title>
    </>
  );
}
