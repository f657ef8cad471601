from temporalio import activity


class Stubs:
    """Activities under their real names that answer as a test wants; every call is kept."""

    def __init__(self, **answers):
        self.calls = {name: [] for name in answers}
        self.activities = [self._activity(name, answer) for name, answer in answers.items()]

    def _activity(self, name, answer):
        @activity.defn(name=name)
        async def stub(input: dict | None = None) -> object:
            self.calls[name].append(input)
            return answer(input) if callable(answer) else answer

        return stub
