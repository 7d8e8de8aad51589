# "make" alone shows the commands. "run" and "test" do all set-up themselves.
.DEFAULT_GOAL := help
.PHONY: help setup run test build fmt docs verify fuzz soak bench clean pictures

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: ## Install what running needs: Redis, the npm packages, the Aspire orchestrator
	@scripts/setup

run: setup build ## Start the whole system; Ctrl-C ends it. Settings: Mail__Delivery__Mode=… make run
	@exec dotnet run --project Mail.AppHost --no-build

test: ## Install the test tools, build, and run every test
	@scripts/setup --tests
	@scripts/test

build: ## Build everything; a warning is an error
	@dotnet build Mail.sln --nologo -v quiet

fmt: ## Format the code
	@dotnet format Mail.sln

docs: ## Write docs/configuration.md and sdks/openapi.json again, from the option types and the routes
	@MAIL_UPDATE_DOCS=1 dotnet test tests/Mail.Architecture.Tests --nologo --filter ConfigurationTests
	@MAIL_UPDATE_DOCS=1 dotnet test tests/Mail.Api.Tests --nologo --filter OpenApiTests

verify: ## Fail when code or documents are not in order or the working tree is not clean
	@dotnet format Mail.sln --verify-no-changes
	@dotnet test tests/Mail.Architecture.Tests --nologo
	@git diff --exit-code --stat

fuzz: ## Fuzz every parser of Mail.Protocol, a minute each; longer: MAIL_FUZZ_SECONDS=600 make fuzz
	@scripts/setup --tests
	@MAIL_FUZZ_SECONDS=$${MAIL_FUZZ_SECONDS:-60} dotnet test tests/Mail.Protocol.Tests --nologo --filter FullyQualifiedName~Fuzz

soak: ## Faults at random for MAIL_SOAK_MINUTES (30), MAIL_SOAK_STORM messages (50000) in a storm; MAIL_SOAK_SEED repeats a run
	@scripts/soak

bench: ## Measure: accept, end to end, inbound, with Postfix beside them
	@scripts/setup --tests
	@scripts/setup --bench
	@dotnet run --project bench/Mail.Bench -c Release

pictures: ## Take pictures: the running dashboard into .mail/pictures, the sample designs into docs/images
	@scripts/setup --pictures
	@scripts/dashboard-pictures
	@scripts/template-pictures

clean: ## Remove build output and all local data
	@rm -rf artifacts .mail
