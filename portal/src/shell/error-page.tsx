import { Container, Stack } from "@mantine/core";
import { useRouteError } from "react-router";
import { Brand } from "./brand.tsx";
import { Failure } from "./failure.tsx";

/** When a page itself breaks, or its code cannot be fetched because the portal was updated meanwhile. */
export function ErrorPage() {
  const error = useRouteError();
  return (
    <Container component="main" size="xs" py="xl">
      <Stack>
        <Brand />
        <Failure error={error} retry={() => window.location.reload()} />
      </Stack>
    </Container>
  );
}
